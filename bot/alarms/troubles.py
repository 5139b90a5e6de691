"""What is wrong now, read from the facts: so an alarm can neither be forgotten nor go on after it was settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.alarms.ladder import Cause
from bot.handoff import CaseState
from bot.model import Author, Channel, State
from bot.storage.tables import cases, conversations, messages, operators
from bot.triage.urgency import Urgency

CLOSING_SECONDS = 6 * 3600.0
"""How long before a reply window closes an operator is warned."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong with a case since a time. `key` tells it from an earlier one of the same kind."""

    case: int
    conversation: str
    cause: Cause
    key: str
    since: float
    urgency: Urgency
    operator: int | None


async def troubles(db: AsyncConnection, channels: Mapping[str, Channel], now: float) -> list[Trouble]:
    """Give everything that is wrong with open cases."""
    heard = (
        select(func.max(messages.c.at))
        .where(messages.c.conversation == cases.c.conversation, messages.c.author == Author.PERSON)
        .scalar_subquery()
    )
    query = (
        select(cases, conversations.c.channel, operators.c.reachable_until, heard.label("heard"))
        .join(conversations, conversations.c.id == cases.c.conversation)
        .outerjoin(operators, operators.c.id == cases.c.operator)
        .where(cases.c.state != CaseState.CLOSED)
    )
    rows = (await db.execute(query)).all()
    found = [trouble for row in rows for trouble in _of(row, channels.get(row.channel), now)]
    return [*found, *await _undelivered(db)]


def _of(row: Row[tuple[object, ...]], channel: Channel | None, now: float) -> list[Trouble]:
    def trouble(cause: Cause, key: str, since: float) -> Trouble:
        return Trouble(row.number, row.conversation, cause, key, since, Urgency(row.urgency), row.operator)

    found = []
    if row.state == CaseState.QUEUE:
        found.append(trouble(Cause.UNCLAIMED, f"{row.urgency} {row.queued_at}", row.queued_at))
    else:
        if row.waiting_since is not None:
            found.append(trouble(Cause.SILENT, str(row.waiting_since), row.waiting_since))
        if row.danger_since is not None:
            found.append(trouble(Cause.DANGER_AGAIN, str(row.danger_since), row.danger_since))
        if row.operator is not None and (row.reachable_until or 0.0) < now:
            since = max(row.reachable_until or 0.0, row.claimed_at or 0.0)
            found.append(trouble(Cause.OPERATOR_GONE, str(since), since))
    window = channel.capabilities.reply_window if channel else None
    if window is not None and row.heard is not None and row.heard + window - CLOSING_SECONDS < now:
        since = row.heard + window - CLOSING_SECONDS
        found.append(trouble(Cause.WINDOW_CLOSING, str(since), since))
    return found


async def _undelivered(db: AsyncConnection) -> list[Trouble]:
    rows = (await db.execute(_failed())).all()
    return [
        Trouble(
            row.number,
            row.conversation,
            Cause.UNDELIVERED,
            str(row.seq),
            row.at,
            Urgency(row.urgency),
            row.operator,
        )
        for row in rows
    ]


def _failed() -> Select[tuple[object, ...]]:
    """The newest reply of each open case's operator, where it did not arrive for certain."""
    later = messages.alias()
    newest = (
        select(func.max(later.c.seq))
        .where(later.c.conversation == cases.c.conversation, later.c.author == Author.OPERATOR)
        .scalar_subquery()
    )
    lost = or_(messages.c.state == State.FAILED, messages.c.state == State.UNKNOWN)
    return (
        select(
            cases.c.number,
            cases.c.conversation,
            cases.c.urgency,
            cases.c.operator,
            messages.c.seq,
            messages.c.at,
        )
        .select_from(cases)
        .join(messages, and_(messages.c.conversation == cases.c.conversation, messages.c.seq == newest))
        .where(cases.c.state == CaseState.OPERATOR, lost)
    )
