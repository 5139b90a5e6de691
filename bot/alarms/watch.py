"""Turns what is wrong into rows with due times, and each row, when it is due and still true, into an alarm."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.alarms.ladder import Cause, Ladder, Whom
from bot.alarms.troubles import Trouble, troubles
from bot.bell import DESK, OUTBOX, Bell
from bot.handoff import Handoff
from bot.model import Author, Channel, Clock, Reply
from bot.roster import Roster
from bot.storage.store import Store, insert_new
from bot.storage.tables import alarm_firings, alarms, cases
from bot.texts import Texts
from bot.transcript import Transcripts
from bot.triage.urgency import Urgency

log = structlog.get_logger()

CLOCK_SECONDS = 0.5
ROUTE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is told to operators: nothing in it about the person."""

    id: int
    case: int
    cause: Cause
    urgency: Urgency
    whom: Whom
    operators: tuple[int, ...]
    waited: float
    drill: bool


class Route(Protocol):
    """A road on which an alarm reaches operators."""

    name: str

    async def sound(self, alarm: Alarm) -> bool:
        """Alarm; tells whether it went out. What goes wrong is told by `False`, never raised."""
        ...


class Watch:
    """The clock of the alarms. One in all gateways runs at a time; a restart goes on where it stopped."""

    def __init__(
        self,
        store: Store,
        transcripts: Transcripts,
        handoff: Handoff,
        roster: Roster,
        ladder: Ladder,
        texts: Texts,
        channels: Mapping[str, Channel],
        routes: Sequence[Route],
        bell: Bell,
        clock: Clock,
    ) -> None:
        self._store = store
        self._transcripts = transcripts
        self._handoff = handoff
        self._roster = roster
        self._ladder = ladder
        self._texts = texts
        self._channels = channels
        self.routes = list(routes)
        self._bell = bell
        self._clock = clock

    async def run(self) -> None:
        """Watch until cancelled, at every change at the desk and twice a second."""
        with self._bell.listen(DESK) as ring:
            while True:
                await self.look()
                await ring.wait(CLOCK_SECONDS)

    async def look(self) -> None:
        """Alarm where it is due now."""
        async with self._store.reading() as db:
            now = self._clock()
            wrong = await troubles(db, self._channels, now)
            new = await self._unwritten(db, wrong)
            due = (await db.execute(select(alarms.c.id).where(_due(now)).limit(1))).first()
            cards = await self._handoff.cards_due(db)
        if not new and due is None and not cards:
            return
        async with self._store.writing() as db:
            told = await self._handoff.send_due_cards(db)
            for trouble in new:
                await self._write_down(db, trouble)
            fired, spoken = await self._fire(db, wrong)
        self._bell.ring(OUTBOX, DESK, *told, *spoken)
        for alarm in fired:
            await self._sound(alarm)

    async def _unwritten(self, db: AsyncConnection, wrong: Sequence[Trouble]) -> list[Trouble]:
        numbers = {trouble.case for trouble in wrong}
        query = select(alarms.c.case_number, alarms.c.cause, alarms.c.key).where(
            alarms.c.case_number.in_(numbers)
        )
        known = {(row.case_number, row.cause, row.key) for row in await db.execute(query)}
        return [trouble for trouble in wrong if (trouble.case, trouble.cause, trouble.key) not in known]

    async def _write_down(self, db: AsyncConnection, trouble: Trouble) -> None:
        for place, step in enumerate(self._ladder.steps(trouble.cause, trouble.urgency)):
            values = {
                "case_number": trouble.case,
                "cause": trouble.cause,
                "key": trouble.key,
                "step": place,
                "whom": step.whom,
                "say": step.say,
                "due": trouble.since + step.after,
            }
            await insert_new(db, alarms, values)

    async def _fire(self, db: AsyncConnection, wrong: Sequence[Trouble]) -> tuple[list[Alarm], list[str]]:
        """Fire what is due and still true. After a stop several steps may be due: of one kind the last one fires."""
        now = self._clock()
        still = {(trouble.case, trouble.cause, trouble.key): trouble for trouble in wrong}
        rows = (await db.execute(select(alarms).where(_due(now)).order_by(alarms.c.due))).all()
        last = {(row.case_number, row.cause, row.key, row.whom): row.id for row in rows}
        fired, spoken = [], []
        for row in rows:
            trouble = still.get((row.case_number, row.cause, row.key))
            fires = trouble and last[row.case_number, row.cause, row.key, row.whom] == row.id
            values = {"state": "fired", "fired_at": now} if fires else {"state": "moot"}
            await db.execute(update(alarms).where(alarms.c.id == row.id).values(**values))
            if trouble is None or not fires:
                continue
            if row.whom == Whom.PERSON:
                await self._tell_person(db, trouble, row.say)
                spoken.append(trouble.conversation)
            else:
                fired.append(await self._alarm(db, trouble, row.id, Whom(row.whom), now))
        return fired, spoken

    async def _alarm(self, db: AsyncConnection, trouble: Trouble, id: int, whom: Whom, now: float) -> Alarm:
        first = (cases.c.number == trouble.case) & cases.c.alarmed_at.is_(None)
        await db.execute(update(cases).where(first).values(alarmed_at=now))
        drill = await db.scalar(select(cases.c.drill).where(cases.c.number == trouble.case))
        return Alarm(
            id,
            trouble.case,
            trouble.cause,
            trouble.urgency,
            whom,
            await self._roster.whom(db, whom, trouble.operator),
            now - trouble.since,
            bool(drill),
        )

    async def _tell_person(self, db: AsyncConnection, trouble: Trouble, say: str) -> None:
        conversation = await self._transcripts.get(db, trouble.conversation)
        text = str(getattr(self._texts, say))
        await self._transcripts.say(db, conversation, [Reply(text, author=Author.NOTICE)])

    async def _sound(self, alarm: Alarm) -> None:
        results = await asyncio.gather(*(self._by(route, alarm) for route in self.routes))
        async with self._store.writing() as db:
            for route, went_out in zip(self.routes, results, strict=True):
                await db.execute(
                    insert(alarm_firings).values(
                        alarm=alarm.id, route=route.name, at=self._clock(), went_out=went_out
                    )
                )
        self._bell.ring(DESK)

    async def _by(self, route: Route, alarm: Alarm) -> bool:
        try:
            async with asyncio.timeout(ROUTE_SECONDS):
                return await route.sound(alarm)
        except Exception as error:
            log.error("alarm_route_failed", route=route.name, error=type(error).__name__)
            return False


def _due(now: float) -> ColumnElement[bool]:
    return (alarms.c.state == "due") & (alarms.c.due <= now)
