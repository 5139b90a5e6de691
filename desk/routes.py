"""The operators' desk: sign in, a live list of cases, and the actions on a case."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp_jinja2
from aiohttp import web
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from bot.bell import DESK, OUTBOX
from bot.gateway import Gateway
from bot.handoff import Closing, Refused, Taken
from bot.operators import SESSION_SECONDS, Operator
from desk.live import DeskStream

HERE = Path(__file__).parent
COOKIE = "choche_desk"
FORM_COOKIE = "choche_form"
LOGINS = RateLimitItemPerMinute(10)
SHORTEST_PASSWORD = 10
Action = Callable[[Any, int, Operator, dict[str, Any]], Awaitable[Taken | Refused]]


class Desk:
    """The routes of the desk."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._actions: dict[str, Action] = {
            "claim": self._claim,
            "reply": self._reply,
            "note": self._note,
            "close": self._close,
            "return": self._return,
        }

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give the routes, to be added to the application."""
        return [
            web.get("/desk", self.page),
            web.get("/desk/login", self.login_form),
            web.post("/desk/login", self.login),
            web.post("/desk/logout", self.logout),
            web.get("/desk/invitation/{token}", self.password_form),
            web.post("/desk/invitation/{token}", self.set_password),
            web.get("/desk/ws", self.stream),
            web.post(r"/desk/cases/{number:\d+}/{action}", self.act),
            web.static("/static/desk", HERE / "static"),
        ]

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The desk itself."""
        operator = await self._who(request)
        if operator is None:
            raise web.HTTPSeeOther("/desk/login")
        return _render(request, "desk.html", operator=operator.name, csrf_token=operator.csrf)

    async def login_form(self, request: web.Request) -> web.StreamResponse:
        """The form to sign in."""
        return self._form(request, "login.html")

    async def login(self, request: web.Request) -> web.StreamResponse:
        """Sign in."""
        form = await _checked_form(request)
        if not await self._limiter.hit(LOGINS, "login", request.remote or ""):
            return self._form(request, "login.html", self._gateway.texts.desk.too_many, 429)
        token = await self._gateway.operators.sign_in(form["name"].strip(), form["password"])
        if token is None:
            return self._form(request, "login.html", self._gateway.texts.desk.wrong_login, 403)
        response = web.HTTPSeeOther("/desk")
        self._set_cookie(response, COOKIE, token)
        return response

    async def logout(self, request: web.Request) -> web.StreamResponse:
        """Sign out."""
        operator = await self._who(request)
        form = await request.post()
        if operator and hmac.compare_digest(str(form.get("csrf_token", "")), operator.csrf):
            await self._gateway.operators.sign_out(request.cookies[COOKIE])
        response = web.HTTPSeeOther("/desk/login")
        response.del_cookie(COOKIE, path="/desk")
        return response

    async def password_form(self, request: web.Request) -> web.StreamResponse:
        """The form behind a one-time link."""
        token = request.match_info["token"]
        name = await self._gateway.operators.invited(token)
        if name is None:
            return self._form(request, "login.html", self._gateway.texts.desk.old_link, 410)
        return self._form(request, "set_password.html", action=request.path, operator=name)

    async def set_password(self, request: web.Request) -> web.StreamResponse:
        """Set the password and go to the form to sign in."""
        form, token, desk = (
            await _checked_form(request),
            request.match_info["token"],
            self._gateway.texts.desk,
        )
        problem = ""
        if len(form["password"]) < SHORTEST_PASSWORD:
            problem = desk.too_short
        elif form["password"] != form["again"]:
            problem = desk.different
        if problem:
            return self._form(request, "set_password.html", problem, 422, action=request.path)
        if not await self._gateway.operators.set_password(token, form["password"]):
            return self._form(request, "login.html", desk.old_link, 410)
        raise web.HTTPSeeOther("/desk/login")

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The live desk."""
        operator = await self._who(request)
        if operator is None or not _same_origin(request):
            raise web.HTTPForbidden
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=4_096)
        await socket.prepare(request)
        await DeskStream(self._gateway, socket, operator).run()
        return socket

    async def act(self, request: web.Request) -> web.Response:
        """Claim, reply, note, close or return one case."""
        operator = await self._who(request)
        csrf = request.headers.get("X-CSRF", "")
        if operator is None or not hmac.compare_digest(csrf.encode(), operator.csrf.encode()):
            raise web.HTTPForbidden
        action = self._actions.get(request.match_info["action"])
        if action is None:
            raise web.HTTPNotFound
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            raise web.HTTPBadRequest from None
        number = int(request.match_info["number"])
        async with self._gateway.store.writing() as db:
            outcome = await action(db, number, operator, body if isinstance(body, dict) else {})
            conversation = await self._gateway.cases.conversation_of(db, number)
        self._gateway.bell.ring(OUTBOX, DESK, conversation or DESK)
        if isinstance(outcome, Refused):
            return web.json_response({"ok": False, "error": outcome.reason}, status=409)
        return web.json_response({"ok": True})

    async def _claim(
        self, db: Any, number: int, operator: Operator, _body: dict[str, Any]
    ) -> Taken | Refused:
        return await self._gateway.handoff.claim(db, number, operator.id)

    async def _reply(self, db: Any, number: int, operator: Operator, body: dict[str, Any]) -> Taken | Refused:
        text = str(body.get("text", "")).strip()
        if not text:
            return Refused(self._gateway.texts.desk.empty_text)
        return await self._gateway.handoff.reply(
            db, number, operator.id, text, once=str(body.get("id", ""))[:100]
        )

    async def _note(self, db: Any, number: int, operator: Operator, body: dict[str, Any]) -> Taken | Refused:
        text = str(body.get("text", "")).strip()
        if not text:
            return Refused(self._gateway.texts.desk.empty_text)
        return await self._gateway.handoff.note(db, number, operator.id, text)

    async def _close(self, db: Any, number: int, operator: Operator, body: dict[str, Any]) -> Taken | Refused:
        if note := str(body.get("note", "")).strip():
            await self._gateway.handoff.note(db, number, operator.id, note)
        words = {
            name: str(body.get(name, ""))[:200] for name in ("outcome", "category", "referral", "follow_up")
        }
        closing = Closing(
            **words, say_goodbye=bool(body.get("goodbye", True)), pause=bool(body.get("pause", False))
        )
        return await self._gateway.handoff.close(db, number, operator.id, closing)

    async def _return(
        self, db: Any, number: int, operator: Operator, _body: dict[str, Any]
    ) -> Taken | Refused:
        return await self._gateway.handoff.give_back(db, number, operator.id)

    async def _who(self, request: web.Request) -> Operator | None:
        token = request.cookies.get(COOKIE)
        return await self._gateway.operators.who(token) if token else None

    def _form(
        self, request: web.Request, template: str, error: str = "", status: int = 200, **values: str
    ) -> web.Response:
        token = request.cookies.get(FORM_COOKIE) or self._gateway.new_id()
        response = _render(request, template, error=error, csrf_token=token, **values)
        response.set_status(status)
        self._set_cookie(response, FORM_COOKIE, token)
        return response

    def _set_cookie(self, response: web.StreamResponse, name: str, value: str) -> None:
        secure = self._gateway.settings.public_url.startswith("https://")
        response.set_cookie(
            name,
            value,
            max_age=int(SESSION_SECONDS),
            path="/desk",
            httponly=True,
            samesite="Strict",
            secure=secure,
        )


async def _checked_form(request: web.Request) -> dict[str, str]:
    form = {name: str(value) for name, value in (await request.post()).items()}
    cookie = request.cookies.get(FORM_COOKIE, "")
    if not cookie or not hmac.compare_digest(form.get("csrf_token", "").encode(), cookie.encode()):
        raise web.HTTPForbidden
    return {"name": "", "password": "", "again": "", **form}


def _same_origin(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    return origin is None or origin.split("://")[-1] == request.host


def _render(request: web.Request, template: str, **values: str) -> web.Response:
    return aiohttp_jinja2.render_template(template, request, values)
