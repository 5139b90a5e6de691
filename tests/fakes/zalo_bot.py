"""The Zalo Bot Platform on loopback: strict where the real one is, and able to misbehave.

Source of its rules: the reference on Zalo, section 11.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from channels.zalo_bot import SECRET_HEADER
from tests.fakes.mischief import Mischief, PaceKept

TOKEN = "123456789:fake-token"
SECRET = "a-webhook-secret-for-tests"
OWN_ID = "bot1"
LONGEST = 2_000
EMPTY_SECONDS = 0.2
"""How long an empty poll takes here."""


@dataclass
class FakeZaloBot:
    """Keeps what bots sent, and hands out what people write: by webhook, or once by polling."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    mischief: Mischief = field(default_factory=Mischief)
    codes: list[int] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    webhook: str = ""
    base: str = ""
    flat: bool = False
    """Whether updates come without an envelope."""

    def __post_init__(self) -> None:
        self._ids = itertools.count(1)
        self._pace = PaceKept(30, 10)

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/bot{token}/{method}", self._call)])
        return app

    def write(self, user: str, text: str, id: str = "", **more: Any) -> dict[str, Any]:
        """Give the update of someone writing."""
        message = {
            "message_id": id or f"in{next(self._ids)}",
            "date": int(time.time() * 1000),
            "text": text,
            "from": {"id": user, "display_name": "Lan", "is_bot": False},
            "chat": {"id": user, "chat_type": "PRIVATE"},
            **more,
        }
        update = {"event_name": "message.text.received", "message": message}
        return update if self.flat else {"ok": True, "result": update}

    async def deliver(self, update: dict[str, Any], retry: int = 0) -> int:
        """Deliver an update to the webhook; gives the HTTP status."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.webhook, json=update, headers={SECRET_HEADER: SECRET}) as response,
        ):
            return response.status

    async def _call(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            return _error(401, "Unauthorized")
        arguments, method = await request.json(), request.match_info["method"]
        match method:
            case "sendMessage" | "sendPhoto":
                return await self.mischief.around(
                    request, lambda: self._send(method, arguments), lambda: _error(429, "Quota exceeded")
                )
            case "getUpdates":
                return await self._next()
            case "getMe":
                return _ok({"id": OWN_ID, "account_name": "bot.cho-che"})
            case "setWebhook":
                return self._set_webhook(arguments)
            case "deleteWebhook" | "sendChatAction":
                self.calls.append((method, arguments))
                return _ok(True)
        return _error(404, "Not Found")

    async def _send(self, method: str, arguments: dict[str, Any]) -> web.Response:
        if self.codes and (code := self.codes.pop(0)):
            return _error(code, "refused")
        text = arguments.get("text" if method == "sendMessage" else "caption", "")
        if len(text.encode("utf-16-le")) // 2 > LONGEST or (method == "sendMessage" and not text.strip()):
            return _error(400, "Bad Request: text")
        if method == "sendPhoto" and not arguments.get("photo", "").startswith("https://"):
            return _error(400, "Bad Request: photo")
        if self._pace.too_fast(arguments["chat_id"]):
            return _error(429, "Quota exceeded")
        id = f"out{next(self._ids)}"
        self.sent.append({"id": id, "to": arguments["chat_id"], "text": text, **arguments})
        return _ok({"message_id": id, "date": int(time.time() * 1000)})

    def _set_webhook(self, arguments: dict[str, Any]) -> web.Response:
        if not arguments["url"].startswith("https://") or not 8 <= len(arguments["secret_token"]) <= 256:
            return _error(400, "Bad Request: webhook")
        self.calls.append(("setWebhook", arguments))
        return _ok({"url": arguments["url"], "updated_at": 1, "verification": True})

    async def _next(self) -> web.Response:
        """Hand out one update, for good: nothing is acknowledged."""
        self.calls.append(("getUpdates", {}))
        if not self.updates:
            await asyncio.sleep(EMPTY_SECONDS)
            return _error(408, "Request timeout")
        update = self.updates.pop(0)
        return web.json_response(update if "ok" in update else {"ok": True, "result": update})


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _error(code: int, description: str) -> web.Response:
    return web.json_response({"ok": False, "error_code": code, "description": description})
