"""A Telegram Bot API on loopback: strict where the real one is, and able to misbehave.

Source of its rules: the reference on Telegram, sections 3 to 5.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from tests.fakes.mischief import Mischief, PaceKept

TOKEN = "123456:FAKE"
SECRET = "a-webhook-secret-for-tests"
PER_SECOND = 30
PER_CHAT = 5
LONGEST = 4_096
LONGEST_DATA = 64
"""Bytes of a button's data."""


@dataclass
class FakeTelegram:
    """Keeps updates until they are acknowledged, and the messages that bots sent."""

    updates: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    failures: list[tuple[int, dict[str, Any]] | None] = field(default_factory=list)
    """What becomes of the next sends: a status and a body, or nothing for one that succeeds."""
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    mischief: Mischief = field(default_factory=Mischief)
    webhook: str = ""
    """Where updates go when they are delivered."""
    deleted: list[tuple[int, int]] = field(default_factory=list)
    polls: int = 0
    base: str = ""

    def __post_init__(self) -> None:
        self._ids = itertools.count(100)
        self._new = asyncio.Event()
        self._pace = PaceKept(PER_SECOND, PER_CHAT)

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/bot{token}/{method}", self.call)])
        return app

    def write(self, chat: int, text: str = "", kind: str = "message", **content: Any) -> dict[str, Any]:
        """A person writes in a chat; gives the update."""
        message = {
            "message_id": next(self._ids),
            "date": 1_790_000_000,
            "chat": {"id": chat, "type": "private" if chat > 0 else "group"},
            "from": {"id": abs(chat), "is_bot": False, "first_name": "A"},
            **({"text": text} if text else {}),
            **content,
        }
        update = {"update_id": next(self._ids), kind: message}
        self.put(update)
        return update

    def put(self, update: dict[str, Any]) -> None:
        self.updates.append(update)
        self._new.set()

    async def deliver(self, update: dict[str, Any], retry: int = 0) -> int:
        """Deliver an update to the webhook; gives the HTTP status."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.webhook, json=update, headers=headers) as response,
        ):
            return response.status

    async def call(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            return _error(401, "Unauthorized")
        form = {name: str(value) for name, value in (await request.post()).items()}
        match request.match_info["method"]:
            case "getUpdates":
                return _ok(await self._get_updates(form))
            case "sendMessage":
                return await self.mischief.around(
                    request, lambda: self._send_message(form), lambda: _too_many(1)
                )
            case "deleteMessage":
                return self._delete_message(form)
            case "setWebhook" | "deleteWebhook" | "answerCallbackQuery" | "sendChatAction" | "leaveChat":
                self.calls.append((request.match_info["method"], form))
                return _ok(True)
        return _error(404, "Not Found")

    async def _get_updates(self, form: dict[str, str]) -> list[dict[str, Any]]:
        self.polls += 1
        if "offset" in form:
            self.updates = [item for item in self.updates if item["update_id"] >= int(form["offset"])]
        if not self.updates:
            self._new.clear()
            await self._new.wait()
        return self.updates[:100]

    async def _send_message(self, form: dict[str, str]) -> web.Response:
        if self.failures and (failure := self.failures.pop(0)):
            status, body = failure
            return web.json_response({"ok": False, "error_code": status, **body}, status=status)
        if self._pace.too_fast(form["chat_id"]):
            return _too_many(1)
        if form["chat_id"] in self.blocked:
            return _error(403, "Forbidden: bot was blocked by the user")
        if not form.get("text", "").strip():
            return _error(400, "Bad Request: message text is empty")
        if len(form["text"].encode("utf-16-le")) // 2 > LONGEST:
            return _error(400, "Bad Request: message is too long")
        markup = json.loads(form.get("reply_markup", "{}"))
        for button in (button for row in markup.get("inline_keyboard", []) for button in row):
            if not 1 <= len(button["callback_data"].encode()) <= LONGEST_DATA:
                return _error(400, "Bad Request: BUTTON_DATA_INVALID")
        id = next(self._ids)
        self.sent.append({"id": id, "chat": int(form["chat_id"]), "text": form["text"], "markup": markup})
        chat = {"id": int(form["chat_id"]), "type": "private"}
        return _ok({"message_id": id, "date": 1_790_000_000, "chat": chat})

    def _delete_message(self, form: dict[str, str]) -> web.Response:
        self.deleted.append((int(form["chat_id"]), int(form["message_id"])))
        return _ok(True)

    def tap(self, chat: int, message: dict[str, Any], place: int) -> dict[str, Any]:
        """A person taps a button below a message that was sent; gives the update."""
        query = {
            "id": str(next(self._ids)),
            "from": {"id": chat, "is_bot": False, "first_name": "A"},
            "chat_instance": "1",
            "data": message["markup"]["inline_keyboard"][place][0]["callback_data"],
            "message": {
                "message_id": message["id"],
                "date": 1_790_000_000,
                "chat": {"id": chat, "type": "private"},
                "text": message["text"],
                "reply_markup": message["markup"],
            },
        }
        update = {"update_id": next(self._ids), "callback_query": query}
        self.put(update)
        return update


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _too_many(seconds: int) -> web.Response:
    body = {"ok": False, "error_code": 429, "description": "Too Many Requests"}
    return web.json_response({**body, "parameters": {"retry_after": seconds}}, status=429)


def _error(status: int, description: str) -> web.Response:
    return web.json_response({"ok": False, "error_code": status, "description": description}, status=status)
