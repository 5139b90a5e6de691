"""Dead letters: lines to a person that did not arrive, or may not have."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.gateway import Gateway
from bot.handoff import Case
from bot.model import Author, State
from bot.operators import Operator
from bot.storage.tables import cases, messages
from desk.access import may_read_letter, may_see_letter
from desk.frames import iso

NEWEST = 200


async def dead_letters(db: AsyncConnection, gateway: Gateway, operator: Operator) -> list[dict[str, Any]]:
    """Give the newest that this operator may see; the words only of the case that they hold."""
    number = (
        select(func.max(cases.c.number))
        .where(cases.c.conversation == messages.c.conversation)
        .scalar_subquery()
    )
    query = (
        select(messages, number.label("number"))
        .where(
            messages.c.state.in_([State.FAILED, State.UNKNOWN]),
            messages.c.author.not_in([Author.PERSON, Author.NOTE]),
        )
        .order_by(messages.c.seq.desc())
        .limit(NEWEST)
    )
    known: dict[int, Case | None] = {}
    found = []
    for row in (await db.execute(query)).all():
        if row.number is not None and row.number not in known:
            known[row.number] = await gateway.cases.get(db, row.number)
        case = known.get(row.number)
        if may_see_letter(operator, case):
            found.append(
                {
                    "seq": row.seq,
                    "at": iso(row.at),
                    "channel": row.channel,
                    "from": row.author,
                    "state": row.state,
                    "failure": row.failure or "",
                    "case": row.number,
                    "text": await _words(db, gateway, row.seq, case)
                    if may_read_letter(operator, case)
                    else None,
                }
            )
    return found


async def _words(db: AsyncConnection, gateway: Gateway, seq: int, case: Case | None) -> str:
    assert case is not None
    lines = await gateway.transcripts.lines(db, case.conversation, after=seq - 1, limit=1)
    return lines[0].text
