"""What is kept how long: erased when its time is up, with the key, so that no backup older than seven days has it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.audit import Audit
from bot.handoff import CaseState
from bot.model import Clock
from bot.storage.store import Store
from bot.storage.tables import audit, cases, conversations, messages
from bot.transcript import Transcripts

log = structlog.get_logger()

DAY = 86_400.0
HOUR = 3_600.0
BATCH = 100


@dataclass(frozen=True, slots=True)
class Due:
    """What is due of one kind: how many, and for how many days it is kept."""

    kind: str
    days: int
    count: int


class Retention:
    """Finds and erases what was kept long enough. `days` by kind: conversations, cases, statistics, audit."""

    def __init__(
        self, store: Store, transcripts: Transcripts, trail: Audit, clock: Clock, days: Mapping[str, int]
    ) -> None:
        self._store = store
        self._transcripts = transcripts
        self._trail = trail
        self._clock = clock
        self._days = days

    async def run(self) -> None:
        """Erase what is due, every hour, until cancelled."""
        while True:
            if count := await self.enforce():
                log.info("retention", erased=count)
            await asyncio.sleep(HOUR)

    async def due(self) -> list[Due]:
        """Give how much of each kind is due."""
        queries = {
            "conversations": self._conversations(),
            "cases": self._cases(),
            "statistics": select(cases.c.number).where(self._old_statistics()),
            "audit": select(audit.c.id).where(audit.c.at < self._since("audit")),
        }
        async with self._store.reading() as db:
            counts = {
                kind: await db.scalar(select(func.count()).select_from(query.subquery()))
                for kind, query in queries.items()
            }
        return [Due(kind, self._days[kind], int(count or 0)) for kind, count in counts.items()]

    async def enforce(self) -> int:
        """Erase everything that is due; gives how much that was."""
        done = 0
        while count := await self._erase_some():
            done += count
        return done

    async def _erase_some(self) -> int:
        async with self._store.writing() as db:
            without = await self._ids(db, self._conversations())
            for id in without:
                await self._transcripts.erase(db, id)
            closed = await self._ids(db, self._cases())
            for id in closed:
                await self._transcripts.hollow(db, id)
            if closed:
                await self._trail.note(db, None, "retention", about=f"{len(closed)} cases")
            old = await db.execute(delete(cases).where(self._old_statistics()))
            # The chain of the trail is cut at its oldest end; what is left is still a chain.
            rows = await db.execute(delete(audit).where(audit.c.at < self._since("audit")))
        return len(without) + len(closed) + old.rowcount + rows.rowcount

    def _conversations(self) -> Select[tuple[str]]:
        """Conversations that never had a case, quiet for long enough."""
        newest = (
            select(func.max(messages.c.at))
            .where(messages.c.conversation == conversations.c.id)
            .scalar_subquery()
        )
        has_case = select(cases.c.number).where(cases.c.conversation == conversations.c.id).exists()
        last = func.coalesce(newest, conversations.c.created_at)
        return select(conversations.c.id).where(~has_case, last < self._since("conversations"))

    def _cases(self) -> Select[tuple[str]]:
        """Conversations with words still in them, all of whose cases were closed long enough ago."""
        later = cases.alias()
        still = (
            select(later.c.number)
            .where(
                later.c.conversation == conversations.c.id,
                (later.c.state != CaseState.CLOSED) | (later.c.closed_at >= self._since("cases")),
            )
            .exists()
        )
        had = select(cases.c.number).where(cases.c.conversation == conversations.c.id).exists()
        words = select(messages.c.seq).where(messages.c.conversation == conversations.c.id).exists()
        return select(conversations.c.id).where(had, ~still, words)

    def _old_statistics(self) -> ColumnElement[bool]:
        old = (cases.c.state == CaseState.CLOSED) & (cases.c.closed_at < self._since("statistics"))
        words = select(messages.c.seq).where(messages.c.conversation == cases.c.conversation).exists()
        return old & ~words

    async def _ids(self, db: AsyncConnection, query: Select[tuple[str]]) -> list[str]:
        return [str(row[0]) for row in await db.execute(query.limit(BATCH))]

    def _since(self, kind: str) -> float:
        return self._clock() - self._days[kind] * DAY
