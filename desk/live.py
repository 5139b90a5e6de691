"""One operator's open desk page: pushes the list of cases and the opened transcript at every change."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import WSMsgType, web

from bot.bell import DESK
from bot.gateway import Gateway
from bot.handoff import Case
from bot.operators import Operator
from bot.transcript import Line

PRESENT_SECONDS = 20.0
"""How often an open page shows that its operator can be reached; the WebSocket's heartbeat closes a dead one."""


@dataclass(frozen=True)
class _Opened:
    """The case on the screen, and the lines already there with their states."""

    case: int
    conversation: str
    shown: dict[int, str] = field(default_factory=dict)


class DeskStream:
    """Speaks with one page over a WebSocket. An open page is what makes an operator on duty."""

    def __init__(self, gateway: Gateway, socket: web.WebSocketResponse, operator: Operator) -> None:
        self._gateway = gateway
        self._socket = socket
        self._operator = operator
        self._opened: _Opened | None = None
        self._present_at = 0.0

    async def run(self) -> None:
        """Serve the page until it is closed."""
        mine = f"operator {self._operator.id}"
        with self._gateway.bell.listen(DESK, mine) as ring:
            reader = asyncio.create_task(self._read())
            try:
                while not reader.done():
                    await self._stay_reachable()
                    await self._push()
                    listener = asyncio.create_task(ring.wait(PRESENT_SECONDS))
                    await asyncio.wait({reader, listener}, return_when=asyncio.FIRST_COMPLETED)
                    listener.cancel()
            except ConnectionError:
                return
            finally:
                reader.cancel()
                await self._leave(mine)

    async def _leave(self, mine: str) -> None:
        if self._gateway.bell.listeners(mine) == 1:
            async with self._gateway.store.writing() as db:
                await self._gateway.roster.lost(db, self._operator.id)

    async def _stay_reachable(self) -> None:
        now = self._gateway.clock()
        if now - self._present_at < PRESENT_SECONDS:
            return
        self._present_at = now
        async with self._gateway.store.writing() as db:
            await self._gateway.roster.heard(db, self._operator.id)

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                return
            try:
                case = message.json()["open"]
            except (ValueError, KeyError, TypeError):
                continue
            await self._open(case if isinstance(case, int) else None)

    async def _open(self, case: int | None) -> None:
        again = self._opened is not None and self._opened.case == case
        if case is None:
            self._opened = None
            return
        async with self._gateway.store.writing() as db:
            if again:
                await self._gateway.handoff.seen(db, case)
            else:
                conversation = await self._gateway.handoff.opened(db, case, self._operator.id)
                self._opened = _Opened(case, conversation) if conversation else None
        self._gateway.bell.ring(DESK)

    async def _push(self) -> None:
        # Taken once: while the lines are read, the operator may open another case.
        opened = self._opened
        async with self._gateway.store.reading() as db:
            cases = await self._gateway.cases.list_open(db)
            notices = await self._gateway.notices.standing(db)
            lines = (
                await self._gateway.transcripts.lines(db, opened.conversation, limit=5_000) if opened else []
            )
        told = [self._gateway.texts.notice(name) for name in notices]
        await self._socket.send_json({"cases": [self._case_frame(case) for case in cases], "notices": told})
        if opened is None:
            return
        fresh = [line for line in lines if opened.shown.get(line.seq) != line.state]
        if fresh or not opened.shown:
            opened.shown.update({line.seq: line.state for line in fresh})
            await self._socket.send_json(
                {"transcript": opened.case, "messages": [_line_frame(line) for line in fresh]}
            )

    def _case_frame(self, case: Case) -> dict[str, Any]:
        return {
            "id": case.number,
            "number": case.number,
            "urgency": case.urgency.label,
            "reasons": case.reasons,
            "channel": case.channel,
            "opened_at": _iso(case.opened_at),
            "waiting_since": _iso(case.waiting_since),
            "state": case.state,
            "operator": case.operator,
            "mine": case.operator == self._operator.name,
            "unread": case.unread,
            "drill": case.drill,
        }


def _line_frame(line: Line) -> dict[str, Any]:
    return {
        "seq": line.seq,
        "from": line.author,
        "text": line.text or f"[{line.kind}]",
        "at": _iso(line.at),
        "state": line.state,
    }


def _iso(at: float | None) -> str | None:
    return datetime.fromtimestamp(at, UTC).isoformat() if at is not None else None
