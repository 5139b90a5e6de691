"""Who is on duty: said so, and can be reached: something of theirs answered within the last minute."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, ScalarSelect, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.alarms.ladder import Whom
from bot.model import Clock
from bot.storage.tables import cases, operators

REACHABLE_SECONDS = 60.0


class Role(StrEnum):
    """What someone may do at the desk."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


class Duty(StrEnum):
    """What an operator says of themselves."""

    ON = "on"
    AWAY = "away"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone of the team: what they said of themselves, whether they can be reached, and what they carry."""

    id: int
    name: str
    role: Role
    duty: Duty
    reachable: bool
    held: int
    capacity: int
    paused_until: float | None
    signed_up: bool


class Roster:
    """Reads and writes who is on duty, inside the caller's transaction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def anyone(self, db: AsyncConnection) -> bool:
        """Tell whether anybody is on duty now."""
        return bool(await self._ids(db, self._on_duty()))

    async def on_duty(self, db: AsyncConnection, operator: int) -> bool:
        """Tell whether this operator is on duty now."""
        return bool(await self._ids(db, self._on_duty() & (operators.c.id == operator)))

    async def is_full(self, db: AsyncConnection, operator: int) -> bool:
        """Tell whether an operator has as many cases as they can carry, or takes a pause after a hard one."""
        full = (_held() >= operators.c.capacity) | (operators.c.paused_until > self._clock())
        return bool(await self._ids(db, (operators.c.id == operator) & full))

    async def pause(self, db: AsyncConnection, operator: int, seconds: float) -> None:
        """Let an operator breathe: no case but an emergency is theirs to take for a while."""
        until = self._clock() + seconds
        await db.execute(update(operators).where(operators.c.id == operator).values(paused_until=until))

    async def colleagues(self, db: AsyncConnection) -> list[Colleague]:
        """Give the whole team, by name."""
        query = select(operators, _held().label("held")).order_by(operators.c.name)
        now = self._clock()
        return [
            Colleague(
                id=row.id,
                name=row.name,
                role=Role(row.role),
                duty=Duty(row.duty),
                reachable=(row.reachable_until or 0.0) > now,
                held=row.held,
                capacity=row.capacity,
                paused_until=row.paused_until if (row.paused_until or 0.0) > now else None,
                signed_up=row.password is not None,
            )
            for row in await db.execute(query)
        ]

    async def appoint(self, db: AsyncConnection, operator: int, role: Role, capacity: int) -> bool:
        """Set what someone may do and how many cases they carry at most; tells whether there is such an operator."""
        values = {"role": role, "capacity": capacity}
        result = await db.execute(update(operators).where(operators.c.id == operator).values(**values))
        return result.rowcount == 1

    async def whom(self, db: AsyncConnection, whom: Whom, operator: int | None) -> tuple[int, ...]:
        """Give the operators that an alarm is for; where nobody of the kind can be reached, everyone."""
        kinds = {
            Whom.ON_DUTY: self._on_duty(),
            Whom.SUPERVISORS: operators.c.role == Role.SUPERVISOR,
            Whom.OPERATOR: operators.c.id == operator,
        }
        found = await self._ids(db, kinds[whom]) if whom in kinds else ()
        return found or await self._ids(db, operators.c.role != Role.ADMINISTRATOR)

    async def say(self, db: AsyncConnection, operator: int, duty: Duty) -> None:
        """Note what an operator says of themselves."""
        await db.execute(update(operators).where(operators.c.id == operator).values(duty=duty))

    async def heard(self, db: AsyncConnection, operator: int) -> None:
        """Note that something of an operator's has answered: an open page, a button on a phone."""
        until = self._clock() + REACHABLE_SECONDS
        await db.execute(update(operators).where(operators.c.id == operator).values(reachable_until=until))

    async def lost(self, db: AsyncConnection, operator: int) -> None:
        """Note that an operator's last page was closed."""
        now = self._clock()
        await db.execute(update(operators).where(operators.c.id == operator).values(reachable_until=now))

    def _on_duty(self) -> ColumnElement[bool]:
        return (operators.c.duty == Duty.ON) & (operators.c.reachable_until > self._clock())

    async def _ids(self, db: AsyncConnection, condition: ColumnElement[bool]) -> tuple[int, ...]:
        return tuple((await db.execute(select(operators.c.id).where(condition))).scalars())


def _held() -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(cases)
        .where(cases.c.operator == operators.c.id, cases.c.state == "operator")
        .correlate(operators)
        .scalar_subquery()
    )
