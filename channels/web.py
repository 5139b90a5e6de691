"""The web chat: a page, a token instead of a name, messages by POST, replies over a WebSocket.

The token is the address. It lives in the browser's tab and, sealed, in the store; nothing else names the person.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from bot.errors import NotStoredError
from bot.gateway import Gateway
from bot.model import HERE, WAITING, Author, Channel, Holder, Inbound, Outbound, Outcome, Sent
from bot.pictures import FOLDER as PICTURES
from bot.pictures import Picture
from bot.transcript import Conversation, Line

NAME = "web"
STATIC = Path(__file__).parent / "web_static"
LONGEST_BODY = 200_000
SESSIONS = RateLimitItemPerMinute(60)
"""New conversations from one network address: a school's computer room shares one."""
MESSAGES = RateLimitItemPerMinute(60)
HELLO_SECONDS = 10.0
ERASED = 4410
"""Close code that tells the page to forget what it shows."""


class WebChannel(Channel):
    """The page reads the transcript itself, so a stored reply is a sent reply."""

    name = NAME
    capabilities = HERE

    async def send(self, outbound: Outbound) -> Outcome:
        """Nothing to push: an open page hears of every new line, a closed one reads it on return."""
        return Sent(str(outbound.seq))


class WebChat:
    """The routes of the chat page."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give the routes, to be added to the application."""
        return [
            web.get("/", self.landing),
            web.get("/chat", self.page),
            web.post("/chat/session", self.session),
            web.post("/chat/messages", self.messages),
            web.get("/chat/ws", self.stream),
            web.post("/chat/leave", self.leave),
            web.static("/static/chat", STATIC),
            web.static("/static/pictures", PICTURES),
        ]

    async def landing(self, _request: web.Request) -> web.FileResponse:
        """The first page: what this is, and whom to call."""
        return _page("landing.html")

    async def page(self, _request: web.Request) -> web.FileResponse:
        """The chat."""
        return _page("chat.html")

    async def session(self, request: web.Request) -> web.Response:
        """Give a token for a new conversation; nothing is stored before the first message."""
        if not await self._limiter.hit(SESSIONS, "session", request.remote or ""):
            return _too_many()
        return web.json_response({"token": self._gateway.new_id()})

    async def messages(self, request: web.Request) -> web.Response:
        """Take one message; 202 means it is on disk."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if not _is_token(token):
            return web.json_response({"error": "token"}, status=401)
        if not await self._limiter.hit(MESSAGES, "message", token):
            return _too_many()
        try:
            body = json.loads(await request.read())
            id, text = str(body["id"])[:100], str(body["text"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return web.json_response({"error": "body"}, status=400)
        try:
            seq = await self._gateway.inbox.accept(Inbound(NAME, token, id, text))
        except NotStoredError:
            # The page tries again by itself, and meanwhile shows whom to call.
            return web.json_response({"error": "store", "say": self._gateway.texts.fallback}, status=503)
        return web.json_response({"seq": seq}, status=202)

    async def leave(self, _request: web.Request) -> web.Response:
        """The person left by the quick exit: nothing to do, and nothing is noted."""
        return web.Response(status=204)

    async def stream(self, request: web.Request) -> web.WebSocketResponse:
        """Push every line after `after`, as long as the page is open."""
        after = int(request.query.get("after", "0")) if request.query.get("after", "0").isdigit() else 0
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=4_096)
        await socket.prepare(request)
        token = await _hello(socket)
        if token is None:
            await socket.close(code=4401, message=b"token")
            return socket
        async with self._gateway.store.writing() as db:
            conversation = await self._gateway.transcripts.begin(db, NAME, token)
        await self._push(socket, conversation.id, after)
        return socket

    async def _push(self, socket: web.WebSocketResponse, id: str, after: int) -> None:
        gateway, typing, hidden = self._gateway, False, None
        with gateway.bell.listen(id) as ring:
            reader = asyncio.create_task(_until_closed(socket))
            try:
                while not reader.done():
                    async with gateway.store.reading() as db:
                        conversation = await gateway.transcripts.get(db, id)
                        if hidden not in (None, conversation.hidden_until):
                            raise LookupError("erased")
                        hidden = conversation.hidden_until
                        lines = await gateway.transcripts.lines(db, id, after=max(after, hidden))
                        waiting = await gateway.transcripts.lines(db, id, WAITING, limit=1)
                    for line in lines:
                        after = line.seq
                        if line.author is not Author.NOTE:
                            await socket.send_json(_frame(line, gateway.pictures))
                    if typing != (_thinks(conversation, waiting) or await self._is_written_to(conversation)):
                        typing = not typing
                        await socket.send_json({"typing": typing})
                    listener = asyncio.create_task(ring.wait())
                    await asyncio.wait({reader, listener}, return_when=asyncio.FIRST_COMPLETED)
                    listener.cancel()
            except ConnectionError:
                return
            except LookupError:
                await socket.close(code=ERASED, message=b"erased")
            finally:
                reader.cancel()

    async def _is_written_to(self, conversation: Conversation) -> bool:
        """Tell whether the operator who holds the conversation is writing: of others the person sees nothing."""
        writing = self._gateway.typing.who(conversation.id)
        if not writing or conversation.holder is not Holder.OPERATOR:
            return False
        async with self._gateway.store.reading() as db:
            return await self._gateway.cases.holder_of(db, conversation.id) in writing


async def _hello(socket: web.WebSocketResponse) -> str | None:
    try:
        token = (await socket.receive_json(timeout=HELLO_SECONDS))["token"]
    except (TimeoutError, TypeError, KeyError, ValueError):
        return None
    return token if isinstance(token, str) and _is_token(token) else None


async def _until_closed(socket: web.WebSocketResponse) -> None:
    async for message in socket:
        if message.type is WSMsgType.ERROR:
            return


def _thinks(conversation: Conversation, waiting: list[Line]) -> bool:
    return bool(waiting) and conversation.holder is not Holder.OPERATOR


def _frame(line: Line, pictures: Mapping[str, Picture]) -> dict[str, Any]:
    picture = pictures.get(line.picture)
    return {
        "picture": {"src": f"/static/pictures/{line.picture}.png", "alt": picture.alt} if picture else None,
        "seq": line.seq,
        "id": line.id or None,
        "from": line.author,
        "text": line.text,
        "buttons": line.buttons,
    }


def _is_token(token: str) -> bool:
    return 32 <= len(token) <= 64 and token.isascii() and token.replace("-", "").replace("_", "").isalnum()


def _page(name: str) -> web.FileResponse:
    return web.FileResponse(STATIC / name, headers={"Cache-Control": "no-cache"})


def _too_many() -> web.Response:
    return web.json_response({"error": "too many"}, status=429, headers={"Retry-After": "20"})
