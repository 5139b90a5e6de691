"""Telegram by long polling, against a Bot API on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.app import serving
from bot.gateway import Gateway, open_gateway
from bot.model import Accept, Author, Inbound, Kind, NotSent, Outbound, Reply, Sent, Unknown
from bot.pictures import FOLDER as PICTURES
from bot.settings import Settings
from channels.telegram import Telegram, TelegramSettings
from tests.conftest import PATIENCE, Clock, eventually, new_id
from tests.fakes.assistant import GOOD, FakeAssistant
from tests.fakes.telegram import TOKEN, FakeTelegram

CHAT = 42
PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
VOICE = {"file_id": "f", "file_unique_id": "u", "duration": 1}
STICKER = {
    "file_id": "f",
    "file_unique_id": "u",
    "width": 1,
    "height": 1,
    "is_animated": False,
    "is_video": False,
    "type": "regular",
}


@pytest.fixture
async def api() -> AsyncIterator[FakeTelegram]:
    fake = FakeTelegram()
    async with TestServer(fake.app()) as server:
        fake.base = str(server.make_url("/bot"))
        yield fake


@pytest.fixture
async def telegram(api: FakeTelegram) -> AsyncIterator[tuple[Telegram, asyncio.Queue[Inbound]]]:
    arrived: asyncio.Queue[Inbound] = asyncio.Queue()

    async def accept(inbound: Inbound) -> int:
        arrived.put_nowait(inbound)
        return arrived.qsize()

    channel = made(api.base, accept)
    polling = asyncio.create_task(channel.run())
    yield channel, arrived
    polling.cancel()
    await asyncio.wait({polling})
    await channel.close()


Channel = tuple[Telegram, "asyncio.Queue[Inbound]"]


def outbound(text: str, *buttons: str) -> Outbound:
    return Outbound(1, "conversation", str(CHAT), Reply(text, buttons))


@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        ({"text": "em so lam"}, Kind.TEXT, "em so lam"),
        ({"text": "/start"}, Kind.JOINED, "/start"),
        ({"text": "/stop"}, Kind.LEFT, "/stop"),
        ({"photo": PHOTO}, Kind.PHOTO, ""),
        ({"photo": PHOTO, "caption": "tay em nè"}, Kind.TEXT, "tay em nè"),
        ({"voice": VOICE}, Kind.VOICE, ""),
        ({"sticker": STICKER}, Kind.STICKER, ""),
        ({"location": {"latitude": 1.0, "longitude": 1.0}}, Kind.LOCATION, ""),
        ({"contact": {"phone_number": "1", "first_name": "A"}}, Kind.CONTACT, ""),
        ({"dice": {"emoji": "🎲", "value": 1}}, Kind.OTHER, ""),
    ],
)
async def test_what_a_person_sends_arrives_as_its_kind(
    telegram: Channel, api: FakeTelegram, content: dict[str, object], kind: Kind, text: str
) -> None:
    update = api.write(CHAT, **content)
    inbound = await asyncio.wait_for(telegram[1].get(), PATIENCE)
    id, receipt = update["update_id"], str(update["message"]["message_id"])
    assert inbound == Inbound("telegram", str(CHAT), str(id), text, kind, order=id, receipt=receipt)


async def test_an_edit_arrives_as_an_edit(telegram: Channel, api: FakeTelegram) -> None:
    api.write(CHAT, "sửa lại", kind="edited_message", edit_date=1_790_000_001)
    inbound = await asyncio.wait_for(telegram[1].get(), PATIENCE)
    assert (inbound.kind, inbound.text) == (Kind.EDIT, "sửa lại")


async def test_groups_and_other_bots_are_not_heard(telegram: Channel, api: FakeTelegram) -> None:
    api.write(-7, "trong nhóm")
    api.write(CHAT, "máy", **{"from": {"id": 9, "is_bot": True, "first_name": "B"}})
    api.write(CHAT, "người")
    assert (await asyncio.wait_for(telegram[1].get(), PATIENCE)).text == "người"


async def test_an_update_is_acknowledged_only_after_it_was_accepted(api: FakeTelegram) -> None:
    refused = asyncio.Event()

    async def accept(_inbound: Inbound) -> int:
        refused.set()
        raise OSError("disk full")

    update = api.write(CHAT, "em so lam")
    channel = made(api.base, accept)
    with pytest.raises(OSError, match="disk full"):
        await asyncio.wait_for(channel.run(), PATIENCE)
    await channel.close()
    assert refused.is_set()
    assert api.updates == [update]


async def test_a_tap_arrives_as_the_words_on_the_button(telegram: Channel, api: FakeTelegram) -> None:
    assert isinstance(await telegram[0].send(outbound("Hỏi gì?", "Gọi ai?", "Là gì?")), Sent)
    update = api.tap(CHAT, api.sent[0], 1)
    inbound = await asyncio.wait_for(telegram[1].get(), PATIENCE)
    assert inbound == Inbound(
        "telegram", str(CHAT), str(update["update_id"]), "Là gì?", order=update["update_id"]
    )
    await eventually(lambda: any(name == "answerCallbackQuery" for name, _ in api.calls))


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (429, {"description": "Too Many Requests", "parameters": {"retry_after": 7}}, NotSent("flood", 7.0)),
        (400, {"description": "Bad Request: chat not found"}, NotSent("BadRequest")),
        (
            403,
            {"description": "Forbidden: bot was blocked by the user"},
            NotSent("Forbidden", gone=True),
        ),
        (401, {"description": "Unauthorized"}, NotSent("InvalidToken")),
        (502, {"description": "Bad Gateway"}, Unknown()),
    ],
)
async def test_a_refusal_is_a_result(
    telegram: Channel, api: FakeTelegram, status: int, body: dict[str, object], outcome: object
) -> None:
    api.failures.append((status, body))
    assert await telegram[0].send(outbound("chào em")) == outcome


async def test_where_nobody_listens_it_was_surely_not_sent() -> None:
    channel = made("http://127.0.0.1:9/bot", lambda _: asyncio.sleep(0, 1))
    assert isinstance(outcome := await channel.send(outbound("chào em")), NotSent)
    assert outcome.retry_after is not None


async def test_a_message_on_telegram_is_answered_there(
    api: FakeTelegram, settings: Settings, clock: Clock, assistant: FakeAssistant
) -> None:
    async with open_gateway(with_telegram(settings, api), clock, new_id) as gateway, serving(gateway):
        api.write(CHAT, "bố đang đánh em, cứu em với")
        await eventually(lambda: api.sent)
        assert "113" in api.sent[0]["text"]
        api.write(CHAT + 1, "cho em hỏi một chuyện")
        await eventually(lambda: any(message["chat"] == CHAT + 1 for message in api.sent))
    answer = next(message for message in api.sent if message["chat"] == CHAT + 1)
    assert answer["text"] == GOOD["replies"][0]["text"]


async def test_an_update_that_comes_twice_is_answered_once(
    api: FakeTelegram, settings: Settings, clock: Clock
) -> None:
    async with open_gateway(with_telegram(settings, api), clock, new_id) as gateway, serving(gateway):
        update = api.write(CHAT, "cho em hỏi một chuyện")
        await eventually(lambda: api.sent)
        polls = api.polls
        api.put(update)
        await eventually(lambda: api.polls > polls + 1 or not api.updates)
        await gateway.dispatcher.drain()
        await gateway.delivery.drain()
        assert [line.author for line in await lines_of(gateway)] == [Author.PERSON, Author.ASSISTANT]
    assert len(api.sent) == 1


def made(base: str, accept: Accept) -> Telegram:
    return Telegram(TelegramSettings(TOKEN, base, ""), accept, PICTURES)


def with_telegram(settings: Settings, api: FakeTelegram) -> Settings:
    return settings.model_copy(update={"telegram_token": SecretStr(TOKEN), "telegram_api_base": api.base})


async def lines_of(gateway: Gateway) -> list[object]:
    async with gateway.store.reading() as db:
        conversation = await gateway.transcripts.find(db, "telegram", str(CHAT))
        assert conversation
        return list(await gateway.transcripts.lines(db, conversation.id))
