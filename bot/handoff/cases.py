"""Cases: opened by triage, the assistant or the person; raised, reopened, and listed for the desk."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Author, Clock, Holder
from bot.roster import Roster
from bot.storage.tables import cases, conversations, messages, operators
from bot.texts import Texts
from bot.transcript import Conversation, Transcripts
from bot.triage.urgency import Urgency

CARD_SECONDS = 20.0
"""An operator's silence after a new emergency, before the fixed card goes out."""
REOPEN_SECONDS = 72 * 3600.0
"""Time after closing in which a person who comes back in need finds their case again, and their operator if on duty."""


class CaseState(StrEnum):
    """Where a case stands."""

    QUEUE = "queue"
    OPERATOR = "operator"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Closing:
    """What is noted when a case is closed. The category is one of `content/categories.yml`."""

    outcome: str = ""
    category: str = ""
    referral: str = ""
    follow_up: str = ""
    say_goodbye: bool = True
    pause: bool = False
    """Whether the operator wants a pause after it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case as the desk sees it, without the transcript."""

    number: int
    conversation: str
    channel: str
    state: CaseState
    urgency: Urgency
    operator: str | None
    opened_at: float
    waiting_since: float | None
    unread: int
    drill: bool
    transferred_by: int | None
    holder: int | None
    """The operator's number."""
    alone: bool
    """Held, but its operator cannot be reached any more."""
    heard_at: float | None
    reopened: int
    closed_at: float | None
    closing: Closing
    reasons: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """The action took place."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The action did not take place; `reason` is for the operator, in Vietnamese."""

    reason: str


class Cases:
    """Opens and reads cases. Every method is part of the caller's transaction."""

    def __init__(self, transcripts: Transcripts, roster: Roster, texts: Texts, clock: Clock) -> None:
        self._transcripts = transcripts
        self._roster = roster
        self._texts = texts
        self._clock = clock

    async def raise_case(
        self, db: AsyncConnection, conversation: Conversation, urgency: Urgency, reasons: tuple[str, ...]
    ) -> bool:
        """Open a case, or raise the open one and add the reasons; tells whether somebody has to be alarmed anew."""
        await self._transcripts.lock(db, conversation.id)
        row = (await db.execute(self._open(conversation.id))).first()
        if row is not None:
            await self._add(db, row, urgency, reasons)
            return False
        if (closed := await self._closed_lately(db, conversation.id)) is not None:
            await self._reopen(db, closed, urgency, reasons)
            return True
        await self._new(db, conversation, urgency, reasons)
        return True

    async def person_wrote(self, db: AsyncConnection, conversation: str) -> None:
        """Start the clock of the person's first unanswered message."""
        await db.execute(
            update(cases)
            .where(
                cases.c.conversation == conversation,
                cases.c.state != CaseState.CLOSED,
                cases.c.waiting_since.is_(None),
            )
            .values(waiting_since=self._clock())
        )

    async def has_any_case(self, db: AsyncConnection, conversation: str) -> bool:
        """Tell whether there is or was a case."""
        query = select(cases.c.number).where(cases.c.conversation == conversation)
        return (await db.execute(query)).first() is not None

    async def has_open_case(self, db: AsyncConnection, conversation: str) -> bool:
        """Tell whether a case is open."""
        return (await db.execute(self._open(conversation))).first() is not None

    async def list_open(self, db: AsyncConnection) -> list[Case]:
        """Give all open cases, the most urgent first and of those the longest waiting."""
        query = self._told().where(cases.c.state != CaseState.CLOSED)
        query = query.order_by(
            cases.c.urgency.desc(), func.coalesce(cases.c.waiting_since, cases.c.opened_at)
        )
        return [await self._case(db, row) for row in (await db.execute(query)).all()]

    async def get(self, db: AsyncConnection, number: int) -> Case | None:
        """Give a case by its number, open or closed."""
        row = (await db.execute(self._told().where(cases.c.number == number))).first()
        return await self._case(db, row) if row is not None else None

    def _told(self) -> Select[tuple[object, ...]]:
        unread = (
            select(func.count())
            .select_from(messages)
            .where(
                messages.c.conversation == cases.c.conversation,
                messages.c.author == Author.PERSON,
                messages.c.seq > cases.c.seen_seq,
            )
            .scalar_subquery()
        )
        heard = (
            select(func.max(messages.c.at))
            .where(messages.c.conversation == cases.c.conversation, messages.c.author == Author.PERSON)
            .scalar_subquery()
        )
        return (
            select(
                cases,
                conversations.c.channel,
                operators.c.name,
                operators.c.reachable_until,
                unread.label("unread"),
                heard.label("heard_at"),
            )
            .join(conversations, conversations.c.id == cases.c.conversation)
            .outerjoin(operators, operators.c.id == cases.c.operator)
        )

    async def conversation_of(self, db: AsyncConnection, number: int) -> str | None:
        """Give the conversation of a case, if there is such a case."""
        return await db.scalar(select(cases.c.conversation).where(cases.c.number == number))

    async def holder_of(self, db: AsyncConnection, conversation: str) -> int | None:
        """Give the operator who holds a conversation's open case."""
        query = select(cases.c.operator).where(
            cases.c.conversation == conversation, cases.c.state == CaseState.OPERATOR
        )
        holder: int | None = await db.scalar(query)
        return holder

    async def queue(self, db: AsyncConnection, number: int) -> None:
        """Put a case back into the queue: the alarms for it begin anew."""
        values = {"state": CaseState.QUEUE, "operator": None, "queued_at": self._clock()}
        await db.execute(update(cases).where(cases.c.number == number).values(**values))
        conversation = await self.conversation_of(db, number)
        assert conversation is not None
        await self._transcripts.hold(db, conversation, Holder.QUEUE)

    async def _new(
        self, db: AsyncConnection, conversation: Conversation, urgency: Urgency, reasons: tuple[str, ...]
    ) -> None:
        now = self._clock()
        await db.execute(
            insert(cases).values(
                conversation=conversation.id,
                state=CaseState.QUEUE,
                urgency=urgency,
                reasons=await self._sealed(db, conversation.id, reasons),
                opened_at=now,
                queued_at=now,
                waiting_since=now,
            )
        )
        await self._transcripts.hold(db, conversation.id, Holder.QUEUE)

    async def _add(
        self, db: AsyncConnection, row: Row[tuple[object, ...]], urgency: Urgency, reasons: tuple[str, ...]
    ) -> None:
        values: dict[str, object] = {
            "urgency": max(row.urgency, urgency),
            "reasons": await self._with_known(db, row, reasons),
        }
        if urgency is Urgency.EMERGENCY and row.state == CaseState.OPERATOR:
            now = self._clock()
            values["card_due"] = func.coalesce(cases.c.card_due, now + CARD_SECONDS)
            values["danger_since"] = func.coalesce(cases.c.danger_since, now)
        await db.execute(update(cases).where(cases.c.number == row.number).values(**values))

    async def _reopen(
        self, db: AsyncConnection, row: Row[tuple[object, ...]], urgency: Urgency, reasons: tuple[str, ...]
    ) -> None:
        """Back to the operator who knows the person, if on duty; otherwise to the queue."""
        now = self._clock()
        again = row.operator is not None and await self._roster.on_duty(db, row.operator)
        state, holder = (CaseState.OPERATOR, Holder.OPERATOR) if again else (CaseState.QUEUE, Holder.QUEUE)
        values = {
            "state": state,
            "operator": row.operator if again else None,
            "urgency": urgency,
            "reasons": await self._with_known(db, row, (self._texts.desk.reason_back, *reasons)),
            "queued_at": now,
            "claimed_at": now if again else None,
            "waiting_since": now,
            "closed_at": None,
            "reopened": row.reopened + 1,
        }
        await db.execute(update(cases).where(cases.c.number == row.number).values(**values))
        await self._transcripts.hold(db, row.conversation, holder)

    async def _closed_lately(self, db: AsyncConnection, conversation: str) -> Row[tuple[object, ...]] | None:
        query = (
            select(cases)
            .where(
                cases.c.conversation == conversation,
                cases.c.state == CaseState.CLOSED,
                cases.c.closed_at > self._clock() - REOPEN_SECONDS,
            )
            .order_by(cases.c.closed_at.desc())
        )
        return (await db.execute(query)).first()

    async def _with_known(
        self, db: AsyncConnection, row: Row[tuple[object, ...]], reasons: tuple[str, ...]
    ) -> bytes:
        both = dict.fromkeys([*await self._reasons(db, row), *reasons])
        return await self._sealed(db, str(row.conversation), tuple(both))

    async def _reasons(self, db: AsyncConnection, row: Row[tuple[object, ...]]) -> tuple[str, ...]:
        if not row.reasons:
            # Its time was up: the words are gone with their key, the figures stay.
            return ()
        key = await self._transcripts.key(db, row.conversation)
        return tuple(json.loads(key.unseal(row.reasons, f"reasons {row.conversation}")))

    async def _sealed(self, db: AsyncConnection, conversation: str, reasons: tuple[str, ...]) -> bytes:
        key = await self._transcripts.key(db, conversation)
        return key.seal(json.dumps(reasons).encode(), f"reasons {conversation}")

    def _open(self, conversation: str) -> Select[tuple[object, ...]]:
        return select(cases).where(cases.c.conversation == conversation, cases.c.state != CaseState.CLOSED)

    async def _case(self, db: AsyncConnection, row: Row[tuple[object, ...]]) -> Case:
        return Case(
            number=row.number,
            conversation=row.conversation,
            channel=row.channel,
            state=CaseState(row.state),
            urgency=Urgency(row.urgency),
            operator=row.name,
            opened_at=row.opened_at,
            waiting_since=row.waiting_since,
            unread=row.unread,
            drill=row.drill,
            transferred_by=row.transferred_by,
            holder=row.operator,
            alone=row.state == CaseState.OPERATOR and (row.reachable_until or 0.0) < self._clock(),
            heard_at=row.heard_at,
            reopened=row.reopened,
            closed_at=row.closed_at,
            closing=Closing(
                outcome=row.outcome or "",
                category=row.category or "",
                referral=row.referral or "",
                follow_up=row.follow_up or "",
            ),
            reasons=await self._reasons(db, row),
        )
