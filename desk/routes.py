"""The operators' desk: the page, its live connection, the actions on a case, the team, what is at hand."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from bot.bell import DESK, OUTBOX
from bot.gateway import Gateway
from bot.handoff import Refused
from bot.hotlines import day_in_vietnam
from bot.roster import Duty, Role
from content.at_hand import load_closings, load_replies
from content.checking import CONTENT
from desk.access import may_set, may_work_on_cases
from desk.actions import Actions
from desk.catalogue import load_catalogue
from desk.doors import COOKIE, Doors
from desk.frames import colleague_frame
from desk.letters import dead_letters
from desk.live import DeskStream

HERE = Path(__file__).parent
Chosen = TypeVar("Chosen", Duty, Role)
MOST_CASES = 20
"""Highest capacity of one operator."""


class Desk:
    """The routes of the desk."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._doors = Doors(gateway, load_catalogue())
        self._closings = load_closings(CONTENT)
        self._replies = load_replies(CONTENT, gateway.directory.current().numbers())
        self._actions = Actions(gateway, self._closings)

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give the routes, to be added to the application."""
        return [
            *self._doors.routes(),
            web.get("/desk", self.page),
            web.get("/desk/ws", self.stream),
            web.get("/desk/words.js", self.words),
            web.get("/desk/at-hand", self.at_hand),
            web.get("/desk/letters", self.letters),
            web.get("/desk/team", self.team),
            web.post("/desk/duty", self.duty),
            web.post(r"/desk/team/{id:\d{1,9}}", self.appoint),
            web.post(r"/desk/cases/{number:\d{1,9}}/{action}", self.act),
            web.static("/static/desk", HERE / "static"),
        ]

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The desk itself."""
        operator = await self._doors.who(request)
        if operator is None:
            raise web.HTTPSeeOther("/desk/login")
        return self._doors.render(request, "desk.html", operator=operator)

    async def words(self, request: web.Request) -> web.Response:
        """Every string of the desk, for the page's scripts."""
        text = json.dumps(self._doors.words(request), ensure_ascii=False)
        headers = {"Cache-Control": "no-cache", "Vary": "Cookie"}
        return web.Response(
            text=f"export const WORDS = {text};\n", content_type="text/javascript", headers=headers
        )

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The live desk."""
        operator = await self._doors.who(request)
        if operator is None or not _same_origin(request):
            raise web.HTTPForbidden
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=4_096)
        await socket.prepare(request)
        await DeskStream(self._gateway, socket, operator, request.cookies[COOKIE]).run()
        return socket

    async def act(self, request: web.Request) -> web.Response:
        """Do one thing with one case."""
        operator = await self._doors.signed_in(request)
        if not may_work_on_cases(operator):
            raise web.HTTPForbidden
        action = self._actions.by_name.get(request.match_info["action"])
        if action is None:
            raise web.HTTPNotFound
        body, words = await _body(request), self._doors.words(request)
        number = int(request.match_info["number"])
        async with self._gateway.store.writing() as db:
            outcome = await action(db, number, operator, body, words)
            conversation = await self._gateway.cases.conversation_of(db, number)
        if conversation:
            self._gateway.typing.stop(conversation, operator.id)
        self._gateway.bell.ring(OUTBOX, DESK, conversation or DESK)
        if isinstance(outcome, Refused):
            return web.json_response({"ok": False, "error": outcome.reason}, status=409)
        return web.json_response({"ok": True})

    async def duty(self, request: web.Request) -> web.Response:
        """Note what an operator says of themselves: on duty, away, off."""
        operator = await self._doors.signed_in(request)
        if not may_work_on_cases(operator):
            raise web.HTTPForbidden
        duty = _one_of(Duty, (await _body(request)).get("duty"))
        async with self._gateway.store.writing() as db:
            await self._gateway.roster.say(db, operator.id, duty)
            await self._gateway.audit.note(db, operator.id, "duty", about=duty)
        self._gateway.bell.ring(DESK)
        return web.json_response({"ok": True})

    async def at_hand(self, request: web.Request) -> web.Response:
        """Replies, reminders, numbers, and what may be noted when a case is closed."""
        await self._doors.signed_in(request)
        directory = self._gateway.directory.current()
        today = day_in_vietnam(self._gateway.clock())
        numbers = [
            {
                "number": entry.number,
                "name": entry.name,
                "purpose": entry.purpose,
                "area": entry.area,
                "local": entry.local,
                "hours": entry.hours,
                "cost": entry.cost,
                "checked": entry.date_checked.isoformat(),
                "overdue": entry.overdue(today),
            }
            for entry in directory.shown
        ]
        return web.json_response({"numbers": numbers, **asdict(self._replies), **asdict(self._closings)})

    async def letters(self, request: web.Request) -> web.Response:
        """Lines that did not arrive."""
        operator = await self._doors.signed_in(request)
        async with self._gateway.store.writing() as db:
            found = await dead_letters(db, self._gateway, operator)
            await self._gateway.audit.note(db, operator.id, "letters")
        return web.json_response({"letters": found})

    async def team(self, request: web.Request) -> web.Response:
        """Everybody with role and capacity, for the administrator."""
        if not may_set(await self._doors.signed_in(request)):
            raise web.HTTPForbidden
        async with self._gateway.store.reading() as db:
            team = await self._gateway.roster.colleagues(db)
        return web.json_response({"team": [colleague_frame(one) for one in team]})

    async def appoint(self, request: web.Request) -> web.Response:
        """Set what someone may do, and how many cases they carry at most."""
        operator = await self._doors.signed_in(request)
        if not may_set(operator):
            raise web.HTTPForbidden
        body, id = await _body(request), int(request.match_info["id"])
        role, capacity = _one_of(Role, body.get("role")), body.get("capacity")
        if not isinstance(capacity, int) or not 1 <= capacity <= MOST_CASES:
            raise web.HTTPBadRequest
        if id == operator.id and role is not operator.role:
            # Who locks themselves out cannot undo it here.
            raise web.HTTPConflict
        async with self._gateway.store.writing() as db:
            if not await self._gateway.roster.appoint(db, id, role, capacity):
                raise web.HTTPNotFound
            if role is Role.ADMINISTRATOR:
                await self._gateway.roster.lost(db, id)
            await self._gateway.audit.note(db, operator.id, "appoint", about=f"{id} {role} {capacity}")
        self._gateway.bell.ring(DESK)
        return web.json_response({"ok": True})


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        raise web.HTTPBadRequest from None
    return body if isinstance(body, dict) else {}


def _one_of(kind: type[Chosen], value: object) -> Chosen:
    try:
        return kind(str(value))
    except ValueError:
        raise web.HTTPBadRequest from None


def _same_origin(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    return origin is None or origin.split("://")[-1] == request.host
