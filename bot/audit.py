"""The audit trail: every act and every reading of an operator, each row sealed to the one before it.

A row's mark is a keyed hash over its content and the mark before it. Who changes, removes or inserts a row without the
master key breaks the chain from there on.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Clock
from bot.seal import MasterKey
from bot.storage.tables import audit, operators

LOCK = 0x617564
"""Number of the advisory lock: links of a chain are made one after the other."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many rows stand in the trail, and the first whose mark is wrong."""

    rows: int
    broken_at: int | None


class Audit:
    """Writes and verifies the trail, inside the caller's transaction."""

    def __init__(self, master: MasterKey, clock: Clock) -> None:
        self._master = master
        self._clock = clock

    async def note(
        self, db: AsyncConnection, operator: int | None, action: str, case: int | None = None, about: str = ""
    ) -> None:
        """Write down what an operator did; `about` holds no word of a person."""
        if db.dialect.name == "postgresql":
            await db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        name = await db.scalar(select(operators.c.name).where(operators.c.id == operator))
        last = await db.scalar(select(audit.c.mark).order_by(audit.c.id.desc()).limit(1))
        at = self._clock()
        mark = self._mark(last or b"", at, name, action, case, about)
        values = {"at": at, "operator": name, "action": action, "case_number": case, "about": about}
        await db.execute(insert(audit).values(mark=mark, before=last or b"", **values))

    async def verify(self, db: AsyncConnection) -> Verdict:
        """Check the whole chain."""
        count, last = 0, None
        for row in await db.execute(select(audit).where(audit.c.mark.is_not(None)).order_by(audit.c.id)):
            # The oldest row's mark stands on one that retention may have erased; it says so itself.
            before = last if last is not None else row.before
            mark = self._mark(before, row.at, row.operator, row.action, row.case_number, row.about)
            if row.mark != mark or row.before != before:
                return Verdict(count, row.id)
            last, count = mark, count + 1
        return Verdict(count, None)

    def _mark(
        self, last: bytes, at: float, operator: str | None, action: str, case: int | None, about: str
    ) -> bytes:
        return self._master.look_up("audit", last.hex(), repr(at), operator or "", action, str(case), about)
