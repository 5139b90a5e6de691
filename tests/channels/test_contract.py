"""What every channel owes, whichever platform it leads to: one table of cases, one contract.

The payloads of each platform are in `payloads/`, one file for each: a new bug is a new row.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.app import serving
from bot.bell import Bell
from bot.dispatcher import Pace
from bot.gateway import Gateway, open_gateway
from bot.model import Author, Inbound, Kind, Reply
from bot.notices import Notices
from bot.rendering import units
from bot.settings import Settings
from bot.storage.store import open_store
from channels.calls import made_client
from channels.registry import PICTURES
from channels.telegram import SECRET_HEADER as TELEGRAM_HEADER
from channels.telegram import Telegram, TelegramSettings
from channels.web import LONGEST_BODY
from channels.webhooks import Adapter, MalformedError
from channels.zalo_bot import SECRET_HEADER as BOT_HEADER
from channels.zalo_bot import ZaloBot, ZaloBotSettings
from channels.zalo_events import read as read_zalo
from channels.zalo_events import unpack as unpack_zalo
from channels.zalo_oa import ZaloOA
from tests.channels.zalo import with_zalo
from tests.conftest import Clock, eventually, new_id
from tests.fakes import telegram as fake_telegram
from tests.fakes import zalo_bot as fake_bot
from tests.fakes import zalo_oa as fake_zalo
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_bot import FakeZaloBot
from tests.fakes.zalo_oa import FakeZalo, signed

PAYLOADS = Path(__file__).parent / "payloads"
PERSON = "4242"
WORDS = "cho em hỏi một chuyện"
NAMES = ["web", "telegram", "zalo_oa", "zalo_bot"]
WITH_WEBHOOK = NAMES[1:]
SECRETS = (
    fake_telegram.TOKEN,
    fake_telegram.SECRET,
    fake_zalo.SECRET_KEY,
    fake_zalo.APP_SECRET,
    fake_zalo.SEED,
    fake_bot.TOKEN,
    fake_bot.SECRET,
)


@dataclass(frozen=True)
class Case:
    """One channel as a person's platform sees it."""

    name: str
    path: str
    write: Callable[[str, str], bytes]
    """Gives the body that brings a text under a message id."""
    headers: Callable[[bytes], dict[str, str]]
    """Gives the headers that make a body genuine."""
    forged: dict[str, str]
    sent: Callable[[], list[dict[str, Any]]]
    """Gives what has arrived at the platform: texts and buttons."""
    address: str = PERSON


@dataclass
class World:
    """A gateway with every channel switched on, and the platforms around it."""

    gateway: Gateway
    url: str
    cases: dict[str, Case]
    session: aiohttp.ClientSession

    async def post(self, case: Case, body: bytes, headers: dict[str, str]) -> int:
        async with self.session.post(f"{self.url}{case.path}", data=body, headers=headers) as response:
            return response.status

    async def lines(self, case: Case) -> list[tuple[Author, str]]:
        async with self.gateway.store.reading() as db:
            conversation = await self.gateway.transcripts.find(db, case.name, case.address)
            if conversation is None:
                return []
            lines = await self.gateway.transcripts.lines(db, conversation.id)
        return [(line.author, line.text) for line in lines]

    async def settle(self) -> None:
        await self.gateway.dispatcher.drain()
        await self.gateway.delivery.drain()


@pytest.fixture
async def world(settings: Settings, clock: Clock) -> AsyncIterator[World]:
    telegram, zalo, bot = FakeTelegram(), FakeZalo(echoes=False), FakeZaloBot()
    async with AsyncExitStack() as stack:
        for fake in (telegram, zalo, bot):
            server = await stack.enter_async_context(TestServer(fake.app()))
            fake.base = str(server.make_url("")).rstrip("/")
        switched_on = with_zalo(settings, zalo).model_copy(
            update={
                "public_url": "https://choche.example.vn",
                "telegram_token": SecretStr(fake_telegram.TOKEN),
                "telegram_mode": "webhook",
                "telegram_webhook_secret": SecretStr(fake_telegram.SECRET),
                "telegram_api_base": f"{telegram.base}/bot",
                "zalo_oa_buttons": True,
                "zalo_bot_token": SecretStr(fake_bot.TOKEN),
                "zalo_bot_webhook_secret": SecretStr(fake_bot.SECRET),
                "zalo_bot_api_base": f"{bot.base}/bot",
            }
        )
        gateway = await stack.enter_async_context(open_gateway(switched_on, clock, new_id, Pace(0, 0)))
        port = await stack.enter_async_context(serving(gateway))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        zalo.last_heard[PERSON] = clock()
        token = new_id()

        def shown_on_the_page() -> list[dict[str, Any]]:
            return page

        page: list[dict[str, Any]] = []
        cases = [
            Case(
                "web",
                "/chat/messages",
                lambda text, id: json.dumps({"id": id, "text": text}).encode(),
                lambda _: {"Authorization": f"Bearer {token}"},
                {"Authorization": "Bearer short"},
                shown_on_the_page,
                token,
            ),
            Case(
                "telegram",
                Telegram.path,
                lambda text, id: json.dumps(_telegram(text, int(id))).encode(),
                lambda _: {TELEGRAM_HEADER: fake_telegram.SECRET},
                {TELEGRAM_HEADER: "another-secret\udcff"},
                lambda: [
                    {"text": item["text"], "buttons": _labels(item["markup"])} for item in telegram.sent
                ],
            ),
            Case(
                "zalo_oa",
                ZaloOA.path,
                lambda text, id: json.dumps(zalo.write(PERSON, text, id)).encode(),
                signed,
                {"X-ZEvent-Signature": "mac=" + "0" * 64},
                lambda: [
                    {
                        "text": item["message"]["text"],
                        "buttons": [
                            button["title"]
                            for button in item["message"]
                            .get("attachment", {})
                            .get("payload", {})
                            .get("buttons", [])
                        ],
                    }
                    for item in zalo.sent
                ],
            ),
            Case(
                "zalo_bot",
                ZaloBot.path,
                lambda text, id: json.dumps(bot.write(PERSON, text, id)).encode(),
                lambda _: {BOT_HEADER: fake_bot.SECRET},
                {BOT_HEADER: "another-secret"},
                lambda: [{"text": item["text"], "buttons": []} for item in bot.sent],
            ),
        ]
        yield World(gateway, f"http://127.0.0.1:{port}", {case.name: case for case in cases}, session)


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_not_genuine_or_not_whole_is_refused_and_nothing_is_stored(
    world: World, name: str
) -> None:
    case = world.cases[name]
    body = case.write(WORDS, "1")
    good = case.headers(body)
    assert await world.post(case, body, {}) in (401, 403)
    assert await world.post(case, body, _wire(case.forged)) in (401, 403)
    assert await world.post(case, body[: len(body) // 2], good) in (400, 403)
    assert await world.post(case, b"", good) in (400, 403)
    assert await world.post(case, b"[" * 5_000, good) in (400, 403)
    assert await world.post(case, body.replace(b"}", b" " * LONGEST_BODY + b"}", 1), good) == 413
    await world.settle()
    assert await world.lines(case) == []
    assert case.sent() == []


@pytest.mark.parametrize("name", WITH_WEBHOOK)
async def test_a_body_that_was_written_anew_is_refused_where_it_is_signed_and_never_counts_twice(
    world: World, name: str
) -> None:
    case = world.cases[name]
    body = case.write(WORDS, "1")
    anew = json.dumps(json.loads(body), indent=1).encode()
    status = await world.post(case, anew, case.headers(body))
    assert status == (403 if name == "zalo_oa" else 200)
    assert await world.post(case, body, case.headers(body)) == 200
    await world.settle()
    assert [author for author, _ in await world.lines(case)] == [Author.PERSON, Author.ASSISTANT]


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_delivered_again_changes_nothing(world: World, name: str) -> None:
    case = world.cases[name]
    body = case.write(WORDS, "1")
    first = await world.post(case, body, case.headers(body))
    await world.settle()
    before, sent = await world.lines(case), len(case.sent())
    assert [author for author, _ in before] == [Author.PERSON, Author.ASSISTANT]
    again = await asyncio.gather(*(world.post(case, body, case.headers(body)) for _ in range(5)))
    assert {first, *again} == ({202} if name == "web" else {200})
    await world.settle()
    assert await world.lines(case) == before
    assert len(case.sent()) == sent


LABELS = tuple(f"Câu hỏi số {number} thì sao?" for number in range(1, 13))


@pytest.mark.parametrize("name", NAMES)
async def test_nine_thousand_characters_and_twelve_choices_arrive_whole_and_in_order(
    world: World, name: str
) -> None:
    limit = world.gateway.channels[name].capabilities.text_limit
    # An emoji of several characters stands exactly where the limit is.
    family = "👨‍👩‍👧"
    text = "a" * (limit - 2) + family + " Gọi 111." if limit < 9_000 else family
    text += "".join(f" Câu thứ {number} của một câu trả lời dài." for number in range(9_000))[
        : 9_000 - len(text)
    ]
    text = text.strip()
    await world.gateway.inbox.accept(Inbound(name, world.cases[name].address, "9", "", Kind.STICKER))
    await world.settle()
    case = world.cases[name]
    skip = len(case.sent())
    async with world.gateway.store.writing() as db:
        conversation = await world.gateway.transcripts.begin(db, name, case.address)
        await world.gateway.transcripts.say(db, conversation, [Reply(text, LABELS)])
    await world.settle()
    if name == "web":
        [*_, (_, shown)] = await world.lines(case)
        assert shown == text
        return
    await eventually(lambda: "Câu hỏi số 12" in str(case.sent()[-1]))
    parts = case.sent()[skip:]
    assert all(units(part["text"]) <= limit for part in parts)
    assert sum(family in part["text"] for part in parts) == 1
    together = "\n".join(part["text"] for part in parts)
    numbered = "\n".join(f"{number}. {label}" for number, label in enumerate(LABELS, 1))
    buttons = [part["buttons"] for part in parts]
    assert buttons[:-1] == [[]] * (len(parts) - 1)
    if buttons[-1]:
        assert tuple(buttons[-1]) == LABELS
        numbered = ""
    assert "".join(together.split()) == "".join(f"{text}{numbered}".split())


@pytest.mark.parametrize("name", NAMES)
async def test_neither_words_nor_secrets_are_logged(
    world: World, name: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    case = world.cases[name]
    body = case.write(WORDS, "1")
    await world.post(case, body, _wire(case.forged))
    await world.post(case, body[:-9], case.headers(body))
    await world.post(case, body, case.headers(body))
    await world.settle()
    told = "".join(
        (*capfd.readouterr(), caplog.text, repr(world.gateway.settings), repr(world.gateway.channels))
    )
    for secret in (*SECRETS, WORDS, world.cases["web"].address):
        assert secret not in told


def table(name: str) -> list[Any]:
    rows = yaml.safe_load((PAYLOADS / f"{name}.yml").read_text("utf-8"))
    return [pytest.param(row["payload"], row.get("gives"), id=row["what"]) for row in rows]


@pytest.mark.parametrize(("payload", "gives"), table("zalo_oa"))
def test_what_zalo_delivers_is_understood(payload: Any, gives: dict[str, Any] | None) -> None:
    body = json.dumps(payload).encode()
    assert read_zalo(unpack_zalo(body)) == _inbound("zalo_oa", gives)


@pytest.mark.parametrize(
    ("name", "payload", "gives"),
    [
        pytest.param(name, *row.values, id=f"{name} {row.id}")
        for name in ("telegram", "zalo_bot")
        for row in table(name)
    ],
)
async def test_what_a_bots_platform_delivers_is_understood(
    adapters: dict[str, Adapter], name: str, payload: Any, gives: dict[str, Any] | None
) -> None:
    found = list(adapters[name].parse(json.dumps(payload).encode()))
    assert found == ([_inbound(name, gives)] if gives else [])


@pytest.mark.parametrize("name", ["telegram", "zalo_bot"])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff", b"[" * 100_000])
async def test_what_is_no_update_is_malformed(adapters: dict[str, Adapter], name: str, body: bytes) -> None:
    with pytest.raises(MalformedError):
        adapters[name].parse(body)


@pytest.fixture
async def adapters() -> AsyncIterator[dict[str, Adapter]]:
    """Adapters that only parse."""

    async def accept(_inbound: Inbound) -> int:
        return 0

    store = await open_store("sqlite+aiosqlite:///:memory:")
    async with made_client() as client:
        yield {
            "telegram": Telegram(TelegramSettings("1:A", "http://127.0.0.1:9/bot", ""), accept, PICTURES),
            "zalo_bot": ZaloBot(
                ZaloBotSettings("1:A", "http://127.0.0.1:9/bot"),
                client,
                accept,
                Notices(store, Bell(), float),
            ),
        }
    await store.close()


def _inbound(name: str, gives: dict[str, Any] | None) -> Inbound | None:
    return Inbound(channel=name, **{**gives, "kind": Kind(gives["kind"])}) if gives else None


def _telegram(text: str, id: int) -> dict[str, Any]:
    person = {"id": int(PERSON), "is_bot": False, "first_name": "A"}
    chat = {"id": int(PERSON), "type": "private"}
    message = {"message_id": id, "date": 1_790_000_000, "chat": chat, "from": person, "text": text}
    return {"update_id": id, "message": message}


def _labels(markup: dict[str, Any]) -> list[str]:
    return [button["text"] for row in markup.get("inline_keyboard", []) for button in row]


def _wire(headers: dict[str, str]) -> dict[str, str]:
    """Header values as a client can send them: aiohttp writes UTF-8."""
    return {name: value.replace("\udcff", "ÿ") for name, value in headers.items()}
