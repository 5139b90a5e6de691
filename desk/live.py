"""One operator's open desk page: pushes the list of cases and the opened transcripts at every change."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.bell import DESK
from bot.gateway import Gateway
from bot.handoff import Case
from bot.operators import Operator
from bot.roster import Colleague
from desk.access import may_read, may_work_on_cases
from desk.alarms import fired_for
from desk.frames import audience, case_frame, colleague_frame, line_frame

PRESENT_SECONDS = 20.0
"""How often an open page shows that its operator can be reached; the WebSocket's heartbeat closes a dead one."""
MOST_OPENED = 4


@dataclass(frozen=True)
class _Opened:
    """A case on the screen, and the lines already there with their states."""

    conversation: str
    shown: dict[int, str] = field(default_factory=dict)


class DeskStream:
    """Speaks with one page over a WebSocket. An open page is what makes an operator on duty reachable."""

    def __init__(
        self, gateway: Gateway, socket: web.WebSocketResponse, operator: Operator, session: str
    ) -> None:
        self._gateway = gateway
        self._socket = socket
        self._operator = operator
        self._session = session
        self._opened: dict[int, _Opened] = {}
        self._present_at = 0.0

    async def run(self) -> None:
        """Serve the page until it is closed or its session ends."""
        mine = f"operator {self._operator.id}"
        with self._gateway.bell.listen(DESK, mine) as ring:
            reader = asyncio.create_task(self._read())
            try:
                while not reader.done() and await self._goes_on():
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
        if self._gateway.bell.listeners(mine) > 1:
            return
        self._gateway.typing.stop_all(self._operator.id)
        if may_work_on_cases(self._operator):
            async with self._gateway.store.writing() as db:
                await self._gateway.roster.lost(db, self._operator.id)

    async def _goes_on(self) -> bool:
        """Tell whether the session goes on, in the role of this moment, and stay reachable."""
        operator = await self._gateway.operators.who(self._session)
        if operator is None:
            return False
        self._operator, now = operator, self._gateway.clock()
        # An administrator's page reaches nobody who answers children.
        if now - self._present_at >= PRESENT_SECONDS and may_work_on_cases(operator):
            self._present_at = now
            async with self._gateway.store.writing() as db:
                await self._gateway.roster.heard(db, operator.id)
        return True

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                return
            try:
                [(word, number)] = message.json().items()
            except (ValueError, AttributeError):
                continue
            if not isinstance(number, int):
                continue
            if word == "open":
                await self._open(number)
            elif word == "shut":
                self._opened.pop(number, None)
            elif word in ("typing", "stopped") and number in self._opened:
                await self._types(number, word == "typing")

    async def _open(self, number: int) -> None:
        gateway = self._gateway
        async with gateway.store.writing() as db:
            case = await gateway.cases.get(db, number)
            allowed = case is not None and may_read(self._operator, case)
            if not allowed or (number not in self._opened and len(self._opened) >= MOST_OPENED):
                # The same for what does not exist and for what is not theirs.
                await self._socket.send_json({"refused": number})
                return
            if number in self._opened:
                await gateway.handoff.seen(db, number)
            elif conversation := await gateway.handoff.opened(db, number, self._operator.id):
                self._opened[number] = _Opened(conversation)
        gateway.bell.ring(DESK)

    async def _types(self, number: int, on: bool) -> None:
        gateway, id = self._gateway, self._opened[number].conversation
        if not on:
            return gateway.typing.stop(id, self._operator.id)
        gateway.typing.note(id, self._operator.id)
        async with gateway.store.reading() as db:
            if await gateway.cases.holder_of(db, id) != self._operator.id:
                return None
            conversation = await gateway.transcripts.get(db, id)
        channel = gateway.channels.get(conversation.channel)
        if channel and channel.capabilities.typing:
            await channel.show_typing(conversation.address)
        return None

    async def _push(self) -> None:
        gateway = self._gateway
        async with gateway.store.reading() as db:
            team = await gateway.roster.colleagues(db)
            notices = await gateway.notices.standing(db)
            cases = await self._cases(db)
            frame = {
                "cases": [self._frame(case, team) for case in cases if case.closed_at is None],
                "closed": [self._frame(case, team) for case in cases if case.closed_at is not None],
                "colleagues": [colleague_frame(one) for one in team if one.signed_up],
                "notices": [gateway.texts.notice(name) for name in notices],
                "alarms": await fired_for(db, gateway.roster, gateway.clock, self._operator),
            }
            transcripts = [await self._transcript(db, case) for case in cases if case.number in self._opened]
        await self._socket.send_json(frame)
        for transcript in transcripts:
            if transcript:
                await self._socket.send_json(transcript)

    async def _cases(self, db: AsyncConnection) -> list[Case]:
        """Give what this operator may read: the open cases, and of the closed ones those on the screen."""
        found = [case for case in await self._gateway.cases.list_open(db) if may_read(self._operator, case)]
        for number in self._opened.keys() - {case.number for case in found}:
            case = await self._gateway.cases.get(db, number)
            if case is not None and may_read(self._operator, case):
                found.append(case)
            else:
                # Handed over, or closed by somebody else: from now on it is not theirs to read.
                self._opened.pop(number, None)
                await self._socket.send_json({"refused": number})
        return found

    async def _transcript(self, db: AsyncConnection, case: Case) -> dict[str, Any] | None:
        opened = self._opened.get(case.number)
        if opened is None:
            return None
        lines = await self._gateway.transcripts.lines(db, opened.conversation, limit=5_000)
        fresh = [line for line in lines if opened.shown.get(line.seq) != line.state]
        if not fresh and opened.shown:
            return None
        opened.shown.update({line.seq: line.state for line in fresh})
        conversation = await self._gateway.transcripts.get(db, opened.conversation)
        return {
            "transcript": case.number,
            "audience": audience(conversation.memory),
            "reachable": conversation.reachable,
            "messages": [line_frame(line) for line in fresh],
        }

    def _frame(self, case: Case, team: list[Colleague]) -> dict[str, Any]:
        writing = self._gateway.typing.who(case.conversation) - {self._operator.id}
        names = [one.name for one in team if one.id in writing]
        channel = self._gateway.channels.get(case.channel)
        return case_frame(case, self._operator, channel.capabilities if channel else None, names)
