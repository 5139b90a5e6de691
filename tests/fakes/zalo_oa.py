"""Zalo's OpenAPI, its OAuth and its webhooks on loopback: strict where the real ones are, and able to misbehave.

Source of its rules: the reference on Zalo, sections 3 to 8.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
from aiohttp import web

from channels.zalo_oauth import challenge
from channels.zalo_signature import HEADER, signature
from tests.fakes.mischief import Mischief, PaceKept

APP = "1234567890123456789"
OA = "9876543210987654321"
SECRET_KEY = "OASecretKeyForTests01"
APP_SECRET = "AppSecretForTests99"
SEED = "refresh-0"
LONGEST = 2_000
MOST_BUTTONS = 5
BIGGEST_PICTURE = 1_000_000
WINDOW_SECONDS = 7 * 24 * 3600.0
PER_SECOND = 20
PER_PERSON = 10


@dataclass
class FakeZalo:
    """An OA's side of Zalo: keeps what was sent, and delivers what people write."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    spent: list[str] = field(default_factory=list)
    """Refresh tokens and codes in the order in which they came, good or not."""
    mischief: Mischief = field(default_factory=Mischief)
    oauth_mischief: Mischief = field(default_factory=Mischief)
    codes: list[int] = field(default_factory=list)
    """Error codes of the next sends."""
    buttons: bool = True
    last_heard: dict[str, float] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    uploads: dict[str, bytes] = field(default_factory=dict)
    webhook: str = ""
    """Where events go; empty while nobody is there."""
    echoes: bool = True
    echo_first: bool = False
    """Whether the echo goes out before the call is answered."""
    hold: asyncio.Event | None = None
    """Keeps the answer with a new pair back until it is set."""
    access: str = ""
    refresh: str = SEED
    base: str = ""
    oauth_calls: int = 0

    def __post_init__(self) -> None:
        self._ids = itertools.count(1)
        self._pace = PaceKept(PER_SECOND, PER_PERSON)
        self._verifiers: dict[str, str] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BIGGEST_PICTURE * 2)
        app.add_routes(
            [
                web.post("/v4/oa/access_token", self._token),
                web.post("/v3.0/oa/message/cs", self._message),
                web.post("/v2.0/oa/message", self._message),
                web.post("/v2.0/oa/upload/image", self._upload),
            ]
        )
        return app

    # What people do

    def event(self, name: str, **content: Any) -> dict[str, Any]:
        return {"app_id": APP, "event_name": name, "timestamp": str(int(time.time() * 1000)), **content}

    def write(self, user: str, text: str, id: str = "", **more: Any) -> dict[str, Any]:
        """Give the event of someone writing."""
        message = {"msg_id": id or f"in{next(self._ids)}", "text": text}
        sides = {"sender": {"id": user}, "recipient": {"id": OA}, "user_id_by_app": f"app{user}"}
        return self.event("user_send_text", **{**sides, "message": message, **more})

    def press(self, user: str, sent: dict[str, Any], place: int) -> dict[str, Any]:
        """Give the event of someone pressing a button: its payload, as if written."""
        return self.write(user, sent["message"]["attachment"]["payload"]["buttons"][place]["payload"])

    def consent(self, url: str) -> dict[str, str]:
        """An administrator consents at an address; gives what Zalo sends them back with."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert query["app_id"] == APP
        code = f"code{next(self._ids)}"
        self._verifiers[code] = query["code_challenge"]
        return {"code": code, "oa_id": OA, "state": query["state"]}

    async def deliver(
        self, event: dict[str, Any], headers: dict[str, str] | None = None, retry: int = 0
    ) -> int:
        """Deliver an event; gives the HTTP status. Nobody there raises `aiohttp.ClientError`."""
        body = json.dumps(event, ensure_ascii=False).encode()
        sender = event.get("sender", {})
        if isinstance(sender, dict) and sender.get("id") != OA:
            self.last_heard[str(sender.get("id") or event.get("user_id"))] = time.time()
        headers = headers if headers is not None else signed(body, retry)
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.webhook, data=body, headers=headers) as response,
        ):
            return response.status

    # What the OA's program calls

    async def _token(self, request: web.Request) -> web.StreamResponse:
        self.oauth_calls += 1
        return await self.oauth_mischief.around(
            request, lambda: self._rotate(request), lambda: _oauth_error(-32, "too many")
        )

    async def _rotate(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if request.headers.get("secret_key") != APP_SECRET or form.get("app_id") != APP:
            return _oauth_error(-14004, "wrong app")
        if form.get("grant_type") == "refresh_token":
            self.spent.append(form["refresh_token"])
            if form["refresh_token"] != self.refresh:
                return _oauth_error(-14014, "refresh token invalid")
        elif form.get("grant_type") == "authorization_code":
            self.spent.append(form["code"])
            if self._verifiers.pop(form["code"], "") != challenge(form.get("code_verifier", "")):
                return _oauth_error(-14012, "code invalid")
        else:
            return _oauth_error(-14001, "grant type")
        number = next(self._ids)
        self.access, self.refresh = f"access-{number}", f"refresh-{number}"
        if self.hold:
            await self.hold.wait()
        return web.json_response(
            {"access_token": self.access, "refresh_token": self.refresh, "expires_in": "90000"}
        )

    async def _message(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        return await self.mischief.around(
            request, lambda: self._take(request, body), lambda: _error(-32, "too many requests")
        )

    async def _take(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        if (code := self._refusal(request, body)) is not None:
            return _error(code, "refused")
        address = self._address(body["recipient"])
        id = f"out{next(self._ids)}"
        self.sent.append({"id": id, "to": address, "message": body["message"], "path": request.path})
        echo = self._echo(id, address, body["message"].get("text", ""))
        if self.echoes and self.webhook and self.echo_first:
            await self._try(echo)
        elif self.echoes and self.webhook:
            task = asyncio.create_task(self._try(echo))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return web.json_response({"error": 0, "message": "Success", "data": {"message_id": id}})

    def _refusal(self, request: web.Request, body: dict[str, Any]) -> int | None:
        if not self.access or request.headers.get("access_token") != self.access:
            return -216
        if self.codes:
            return self.codes.pop(0) or None
        message, address = body.get("message", {}), self._address(body.get("recipient", {}))
        if not address or self._is_misshapen(request.path, body, message):
            return -201
        if len(message.get("text", "").encode("utf-16-le")) // 2 > LONGEST:
            return -210
        if self._pace.too_fast(address):
            return -32
        if address in self.gone:
            return -213
        if time.time() - self.last_heard.get(address, 0.0) > WINDOW_SECONDS:
            return -230
        return None

    def _is_misshapen(self, path: str, body: dict[str, Any], message: dict[str, Any]) -> bool:
        anonymous = "anonymous_id" in body.get("recipient", {})
        if anonymous != (path == "/v2.0/oa/message"):
            return True
        payload = message.get("attachment", {}).get("payload", {})
        if "attachment" not in message:
            return not message.get("text", "").strip()
        if message["attachment"].get("type") != "template":
            return True
        if "buttons" in payload:
            buttons = payload["buttons"]
            return not self.buttons or len(buttons) > MOST_BUTTONS or any(map(_is_wrong, buttons))
        [element] = payload.get("elements", [{}])
        return payload.get("template_type") != "media" or element.get("attachment_id") not in self.uploads

    async def _upload(self, request: web.Request) -> web.Response:
        if request.headers.get("access_token") != self.access:
            return _error(-216, "token")
        file = (await request.post())["file"]
        assert isinstance(file, web.FileField)
        content = file.file.read()
        if len(content) > BIGGEST_PICTURE or not file.filename.endswith((".png", ".jpg")):
            return _error(-210, "too big")
        id = f"att{next(self._ids)}"
        self.uploads[id] = content
        return web.json_response({"error": 0, "data": {"attachment_id": id}})

    def _address(self, recipient: dict[str, str]) -> str:
        return recipient.get("user_id") or recipient.get("anonymous_id") or ""

    def _echo(self, id: str, address: str, text: str) -> dict[str, Any]:
        sides = {"sender": {"id": OA}, "recipient": {"id": address}}
        return self.event("oa_send_text", **sides, message={"msg_id": id, "text": text})

    async def _try(self, event: dict[str, Any]) -> None:
        try:
            await self.deliver(event)
        except aiohttp.ClientError:
            return

    async def close(self) -> None:
        """Wait for echoes that are on their way."""
        await asyncio.gather(*self._tasks)


def signed(body: bytes, retry: int = 0) -> dict[str, str]:
    """Give the headers with which Zalo delivers a body."""
    time = str(json.loads(body)["timestamp"])
    return {HEADER: f"mac={signature(APP, body, time, SECRET_KEY)}", "num_retry": str(retry)}


def _is_wrong(button: dict[str, Any]) -> bool:
    return (
        button.get("type") not in ("oa.query.show", "oa.query.hide", "oa.open.url")
        or not 1 <= len(button.get("title", "")) <= 100
        or not 1 <= len(button.get("payload", "")) <= 1_000
    )


def _error(code: int, message: str) -> web.Response:
    return web.json_response({"error": code, "message": message})


def _oauth_error(code: int, name: str) -> web.Response:
    return web.json_response({"error": code, "error_name": name, "error_reason": name, "ref_doc": ""})
