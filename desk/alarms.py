"""The alarm at the desk: open pages read which alarms were fired for their operator."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.alarms.ladder import Whom
from bot.alarms.watch import Alarm
from bot.model import Clock
from bot.operators import Operator
from bot.roster import Roster
from bot.storage.store import Store
from bot.storage.tables import alarms, cases
from bot.triage.urgency import Urgency

NEWS_SECONDS = 600.0
"""How long a fired alarm is still told to a page that was away."""


class DeskRoute:
    """Open pages read fired alarms themselves; this notes whether anybody's page was open."""

    name = "desk"

    def __init__(self, store: Store, roster: Roster) -> None:
        self._store = store
        self._roster = roster

    async def sound(self, alarm: Alarm) -> bool:
        """Tell whether one of those it is for could be reached at the desk."""
        async with self._store.reading() as db:
            return any([await self._roster.on_duty(db, operator) for operator in alarm.operators])


async def fired_for(
    db: AsyncConnection, roster: Roster, clock: Clock, operator: Operator
) -> list[dict[str, Any]]:
    """Give the alarms of the last minutes that are for this operator, with number and urgency only."""
    query = (
        select(alarms, cases.c.urgency, cases.c.operator, cases.c.drill)
        .join(cases, cases.c.number == alarms.c.case_number)
        .where(
            alarms.c.state == "fired",
            alarms.c.fired_at > clock() - NEWS_SECONDS,
            alarms.c.whom != Whom.PERSON,
            cases.c.state != "closed",
        )
        .order_by(alarms.c.id)
    )
    told: dict[tuple[str, int | None], tuple[int, ...]] = {}
    found = []
    for row in (await db.execute(query)).all():
        key = (row.whom, row.operator)
        if key not in told:
            told[key] = await roster.whom(db, Whom(row.whom), row.operator)
        if operator.id in told[key]:
            found.append(
                {
                    "id": row.id,
                    "case": row.case_number,
                    "cause": row.cause,
                    "urgency": Urgency(row.urgency).label,
                    "drill": row.drill,
                    "ago": clock() - row.fired_at,
                }
            )
    return found
