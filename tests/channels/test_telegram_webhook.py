"""Telegram by webhook, through the whole gateway, against a Bot API on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.app import serving
from bot.dispatcher import Pace
from bot.gateway import Gateway, open_gateway
from bot.settings import Settings
from bot.storage.tables import conversations
from bot.transcript import Conversation
from channels.telegram import SECRET_HEADER, Telegram
from tests.conftest import Clock, eventually, new_id
from tests.fakes.assistant import FakeAssistant
from tests.fakes.telegram import SECRET, TOKEN, FakeTelegram

CHAT = 42
PRIVATE = {"id": CHAT, "type": "private", "first_name": "A"}
PERSON = {"id": CHAT, "is_bot": False, "first_name": "A"}
BOT = {"id": 1, "is_bot": True, "first_name": "B"}


@pytest.fixture
async def api() -> AsyncIterator[FakeTelegram]:
    fake = FakeTelegram()
    async with TestServer(fake.app()) as server:
        fake.base = str(server.make_url("/bot"))
        yield fake


@pytest.fixture
async def gateway(api: FakeTelegram, settings: Settings, clock: Clock) -> AsyncIterator[Gateway]:
    by_webhook = settings.model_copy(
        update={
            "public_url": "https://choche.example.vn",
            "telegram_token": SecretStr(TOKEN),
            "telegram_mode": "webhook",
            "telegram_webhook_secret": SecretStr(SECRET),
            "telegram_api_base": api.base,
            "telegram_operators_chat": "-99",
        }
    )
    made = open_gateway(by_webhook, clock, new_id, Pace(0, 0))
    async with made as gateway, serving(gateway) as port:
        api.webhook = f"http://127.0.0.1:{port}{Telegram.path}"
        yield gateway


async def write(api: FakeTelegram, text: str = "", chat: int = CHAT, **content: Any) -> None:
    update = api.write(chat, text, **content)
    assert await api.deliver(update) == 200


async def conversation(gateway: Gateway) -> Conversation | None:
    async with gateway.store.reading() as db:
        return await gateway.transcripts.find(db, "telegram", str(CHAT))


def called(api: FakeTelegram, method: str) -> list[dict[str, str]]:
    return [form for name, form in api.calls if name == method]


async def test_the_webhook_is_registered_with_its_secret(api: FakeTelegram, gateway: Gateway) -> None:
    await eventually(lambda: called(api, "setWebhook"))
    [form] = called(api, "setWebhook")
    assert form["url"] == "https://choche.example.vn/webhooks/telegram"
    assert form["secret_token"] == SECRET
    assert api.polls == 0


async def test_without_the_secret_nobody_is_heard(api: FakeTelegram, gateway: Gateway) -> None:
    update = api.write(CHAT, "cho em hỏi một chuyện")
    async with aiohttp.ClientSession() as session:
        for headers in ({}, {SECRET_HEADER: SECRET[:-1]}, {SECRET_HEADER: ""}):
            async with session.post(api.webhook, json=update, headers=headers) as response:
                assert response.status == 403
    assert await conversation(gateway) is None


async def test_a_message_is_answered(api: FakeTelegram, gateway: Gateway) -> None:
    await write(api, "cho em hỏi một chuyện")
    await eventually(lambda: api.sent)
    assert api.sent[0]["chat"] == CHAT


async def test_a_group_is_told_why_and_left_but_not_the_operators_own(
    api: FakeTelegram, gateway: Gateway
) -> None:
    for number, group in enumerate((-99, -7), 1):
        joined = {
            "chat": {"id": group, "type": "group", "title": "G"},
            "from": PERSON,
            "date": 1_790_000_000,
            "old_chat_member": {"user": BOT, "status": "left"},
            "new_chat_member": {"user": BOT, "status": "member"},
        }
        assert await api.deliver({"update_id": number, "my_chat_member": joined}) == 200
    await eventually(lambda: called(api, "leaveChat"))
    assert [form["chat_id"] for form in called(api, "leaveChat")] == ["-7"]
    assert [message["text"] for message in api.sent] == [gateway.texts.private_only]
    await write(api, "trong nhóm", chat=-7)
    assert len(api.sent) == 1


async def test_start_greets_and_keeps_the_link_that_led_here(api: FakeTelegram, gateway: Gateway) -> None:
    await write(api, "/start truong-1")
    await eventually(lambda: api.sent)
    assert api.sent[0]["text"] == gateway.texts.welcome
    await write(api, "/start truong-2")
    await gateway.dispatcher.drain()
    async with gateway.store.reading() as db:
        assert (await db.execute(conversations.select())).one().source == "truong-1"


async def test_help_asks_the_assistant_what_it_can_do(
    api: FakeTelegram, gateway: Gateway, assistant: FakeAssistant
) -> None:
    await write(api, "/help")
    await eventually(lambda: api.sent)
    assert assistant.asked[0]["text"] == "Bạn giúp được gì?"


async def test_stop_is_answered_and_a_block_ends_everything_until_they_write_again(
    api: FakeTelegram, gateway: Gateway
) -> None:
    await write(api, "/stop")
    await eventually(lambda: api.sent)
    assert api.sent[0]["text"] == gateway.texts.stopped
    blocked = {
        "chat": PRIVATE,
        "from": PERSON,
        "date": 1_790_000_000,
        "old_chat_member": {"user": BOT, "status": "member"},
        "new_chat_member": {"user": BOT, "status": "kicked", "until_date": 0},
    }
    assert await api.deliver({"update_id": 9_000, "my_chat_member": blocked}) == 200
    await gateway.dispatcher.drain()
    assert (found := await conversation(gateway)) and not found.reachable
    await write(api, "cho em hỏi một chuyện")
    await eventually(lambda: len(api.sent) == 2)


async def test_who_erases_has_it_gone_from_the_screen_too(api: FakeTelegram, gateway: Gateway) -> None:
    await write(api, "cho em hỏi một chuyện")
    await eventually(lambda: api.sent)
    await gateway.delivery.drain()
    theirs = api.updates[0]["message"]["message_id"]
    await write(api, "/xoa")
    wish = api.updates[1]["message"]["message_id"]
    await gateway.dispatcher.drain()
    await gateway.delivery.drain()
    assert {id for _, id in api.deleted} == {theirs, api.sent[0]["id"], wish}
    assert api.sent[-1]["text"] == gateway.texts.erased


async def test_while_an_answer_is_prepared_typing_is_shown(api: FakeTelegram, gateway: Gateway) -> None:
    await write(api, "cho em hỏi một chuyện")
    await eventually(lambda: api.sent)
    await eventually(lambda: called(api, "sendChatAction"))
    assert called(api, "sendChatAction") == [{"chat_id": str(CHAT), "action": "typing"}]
