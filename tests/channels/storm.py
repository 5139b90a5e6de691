"""A storm: updates doubled and out of order, platforms that misbehave, a gateway that is killed again and again.

What must come out of it is judged by what the platforms got and by what is on disk.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from socket import socket
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.gateway import open_gateway
from bot.model import Author, State
from bot.settings import load_settings
from bot.storage.tables import conversations
from bot.transcript import Line
from channels.telegram import Telegram
from channels.zalo_bot import ZaloBot
from channels.zalo_oa import ZaloOA
from tests.channels.zalo import ZALO
from tests.conftest import new_id
from tests.fakes import telegram as fake_telegram
from tests.fakes import zalo_bot as fake_bot
from tests.fakes.mischief import Mischief
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_oa import FakeZalo
from tests.server import Served, served

BURST = 5
"""Messages that one person writes in a row."""
DOUBLED = REORDERED = 0.05
AT_ONCE = 20
AGAIN_SECONDS = 0.2
OPEN = ("received", "triaged", "reread", "pending", "sending")
WAITING = re.compile(r'choche_messages\{channel="\w+",state="(?:' + "|".join(OPEN) + r')"\} [1-9]')
SAID = re.compile(r"tin \d+(?:\ntin \d+)*")
"""What the assistant says: what it was asked. Anything else is a fixed text of ours."""


@dataclass
class Road:
    """One platform: how a message is written there, and what has arrived."""

    name: str
    path: str
    fake: FakeTelegram | FakeZalo | FakeZaloBot
    write: Callable[[int, str, int], dict[str, Any]]
    """Gives the update of a person's text, in its place."""
    arrived: Callable[[], list[tuple[str, str]]]
    """Gives address and text of everything that was sent."""


@dataclass
class Result:
    """What came out of a storm."""

    updates: int
    deliveries: int = 0
    kills: int = 0
    seconds: float = 0.0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    shuffled: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    fixed_only: int = 0
    """Messages that got the fixed text alone, because the assistant was late."""


def telegram() -> Road:
    fake = FakeTelegram()

    def write(person: int, text: str, place: int) -> dict[str, Any]:
        sender = {"id": person, "is_bot": False, "first_name": "A"}
        chat = {"id": person, "type": "private"}
        message = {"message_id": place, "date": 1_790_000_000, "chat": chat, "from": sender, "text": text}
        return {"update_id": place, "message": message}

    return Road(
        "telegram",
        Telegram.path,
        fake,
        write,
        lambda: [(str(item["chat"]), item["text"]) for item in fake.sent],
    )


def zalo_oa() -> Road:
    fake, begin = FakeZalo(), int(time.time() * 1000)

    def write(person: int, text: str, place: int) -> dict[str, Any]:
        return fake.write(str(person), text, f"in{place}", timestamp=str(begin + place))

    return Road(
        "zalo_oa",
        ZaloOA.path,
        fake,
        write,
        lambda: [(item["to"], item["message"]["text"]) for item in fake.sent],
    )


def zalo_bot() -> Road:
    fake, begin = FakeZaloBot(), int(time.time() * 1000)

    def write(person: int, text: str, place: int) -> dict[str, Any]:
        return fake.write(str(person), text, f"in{place}", date=begin + place)

    return Road(
        "zalo_bot", ZaloBot.path, fake, write, lambda: [(item["to"], item["text"]) for item in fake.sent]
    )


async def storm(
    home: Path, roads: list[Road], count: int, kill_seconds: float, kills: int, trouble: Mischief
) -> Result:
    """Send `count` updates through each road; kill the gateway every so many seconds, at most so many times."""
    result, random = Result(count * len(roads)), Random(count)
    for road in roads:
        road.fake.mischief = trouble
    begun = time.monotonic()
    async with AsyncExitStack() as stack:
        settings = await _settings(stack, roads)
        queue = [(road, update) for road in roads for update in _updates(road, count, random)]
        random.shuffle(roads)
        delivering = asyncio.create_task(_deliver_all(queue, result))
        await _kill_and_serve(home, settings, roads, delivering, kill_seconds, kills, result)
        for road in roads:
            if isinstance(road.fake, FakeZalo):
                await road.fake.close()
    result.seconds = time.monotonic() - begun
    await _judge(home, roads, count, result)
    return result


async def _settings(stack: AsyncExitStack, roads: list[Road]) -> dict[str, str]:
    bases = {}
    for road in roads:
        server = await stack.enter_async_context(TestServer(road.fake.app()))
        bases[road.name] = str(server.make_url("")).rstrip("/")
    assistant = web.Application()
    assistant.add_routes([web.post("/turn", _answer)])
    server = await stack.enter_async_context(TestServer(assistant))
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    settings = {
        "CHOCHE_PORT": port,
        "CHOCHE_PUBLIC_URL": "https://choche.example.vn",
        "CHOCHE_ASSISTANT_URL": str(server.make_url("")).rstrip("/"),
    }
    if base := bases.get("telegram"):
        settings |= {
            "CHOCHE_TELEGRAM_TOKEN": fake_telegram.TOKEN,
            "CHOCHE_TELEGRAM_MODE": "webhook",
            "CHOCHE_TELEGRAM_WEBHOOK_SECRET": fake_telegram.SECRET,
            "CHOCHE_TELEGRAM_API_BASE": f"{base}/bot",
        }
    if base := bases.get("zalo_oa"):
        settings |= {**ZALO, "CHOCHE_ZALO_OA_API_BASE": base, "CHOCHE_ZALO_OA_OAUTH_BASE": base}
    if base := bases.get("zalo_bot"):
        settings |= {
            "CHOCHE_ZALO_BOT_TOKEN": fake_bot.TOKEN,
            "CHOCHE_ZALO_BOT_WEBHOOK_SECRET": fake_bot.SECRET,
            "CHOCHE_ZALO_BOT_API_BASE": f"{base}/bot",
        }
    return settings


async def _answer(request: web.Request) -> web.Response:
    """An assistant that says what it was asked."""
    text = (await request.json())["text"]
    reading = {"intent": "greet", "confidence": 0.9, "urgency": "none"}
    return web.json_response({"replies": [{"text": text}], "reading": reading, "state": "turn"})


def _updates(road: Road, count: int, random: Random) -> list[dict[str, Any]]:
    """Give updates in the order in which they are delivered: some doubled, some late."""
    places = list(range(1, count + 1))
    for place in random.sample(range(count), int(count * REORDERED)):
        other = min(count - 1, place + random.randint(1, BURST))
        places[place], places[other] = places[other], places[place]
    for place in random.sample(places, int(count * DOUBLED)):
        places.insert(min(len(places), place + random.randint(0, 50)), place)
    return [road.write(person(place), f"tin {place}", place) for place in places]


def person(place: int) -> int:
    """Give who writes the message at a place."""
    return 1_000 + (place - 1) // BURST


async def _deliver_all(queue: list[tuple[Road, dict[str, Any]]], result: Result) -> None:
    waiting = iter(queue)

    async def work() -> None:
        for road, update in waiting:
            await _deliver(road, update, result)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def _deliver(road: Road, update: dict[str, Any], result: Result) -> None:
    """Deliver until it was taken, as a platform does."""
    retry = 0
    while True:
        try:
            status = await road.fake.deliver(update, retry=retry) if road.fake.webhook else 0
        except (aiohttp.ClientError, OSError):
            status = 0
        result.deliveries += 1
        if status == 200:
            return
        assert status in (0, 500, 502, 503), status
        retry += 1
        await asyncio.sleep(AGAIN_SECONDS)


async def _kill_and_serve(
    home: Path,
    settings: dict[str, str],
    roads: list[Road],
    delivering: asyncio.Task[None],
    kill_seconds: float,
    kills: int,
    result: Result,
) -> None:
    while True:
        async with served(home, **settings) as server:
            for road in roads:
                road.fake.webhook = f"{server.url}{road.path}"
            if result.kills >= kills:
                await delivering
                await _until_settled(server)
                return
            await asyncio.sleep(kill_seconds)
            await server.kill()
            result.kills += 1


async def _until_settled(server: Served) -> None:
    while True:
        async with server.session.get(f"{server.url}/metrics") as response:
            if not WAITING.search(await response.text()):
                return
        await asyncio.sleep(0.2)


async def _judge(home: Path, roads: list[Road], count: int, result: Result) -> None:
    settings = load_settings(_env_file=None, home=home, assistant_url="http://127.0.0.1:9", telegram_token="")
    async with open_gateway(settings, time.time, new_id) as gateway, gateway.store.reading() as db:
        for road in roads:
            ids = await db.execute(select(conversations.c.id).where(conversations.c.channel == road.name))
            lines = [
                (await gateway.transcripts.get(db, id), await gateway.transcripts.lines(db, id))
                for id in ids.scalars().all()
            ]
            arrived = Counter(road.arrived())
            for conversation, transcript in lines:
                _judge_one(road, conversation.address, transcript, arrived, result)
            kept = Counter(
                line.text for _, transcript in lines for line in transcript if line.author is Author.PERSON
            )
            result.lost += [
                f"{road.name} tin {place}" for place in range(1, count + 1) if not kept[f"tin {place}"]
            ]
            result.doubled += [f"{road.name} kept {text}" for text, times in kept.items() if times > 1]


def _judge_one(
    road: Road, address: str, transcript: list[Line], arrived: Counter[tuple[str, str]], result: Result
) -> None:
    answered: Counter[str] = Counter()
    for line in transcript:
        result.states[f"{road.name} {line.author} {line.state}"] += 1
        if line.author is not Author.ASSISTANT or not SAID.fullmatch(line.text):
            continue
        places = [int(word.removeprefix("tin ")) for word in line.text.split("\n")]
        answered.update(line.text.split("\n"))
        if places != sorted(places):
            result.shuffled.append(f"{road.name} {line.text!r}")
        times, name = arrived[address, line.text], f"{road.name} {line.state} {line.text!r}"
        if line.state is State.SENT and times == 0:
            result.lost.append(name)
        if times > 1:
            result.doubled.append(name)
    fixed = any(line.author is Author.AUTOMATIC for line in transcript)
    for line in transcript:
        if line.author is Author.PERSON and answered[line.text] != 1:
            if answered[line.text] or not fixed:
                (result.doubled if answered[line.text] else result.lost).append(
                    f"{road.name} answer {line.text}"
                )
            result.fixed_only += not answered[line.text]
