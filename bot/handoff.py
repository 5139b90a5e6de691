"""Cases: opened by triage, the assistant or the person; claimed by one operator; closed with an outcome."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Author, Clock, Holder, Reply
from bot.storage.tables import audit, cases, conversations, messages, operators
from bot.texts import Texts
from bot.transcript import Conversation, Transcripts
from bot.triage.urgency import Urgency

CARD_SECONDS = 20.0
"""An operator's silence after a new emergency, before the fixed card goes out."""
QUIET_SECONDS = 600.0
"""Silence of the person after which nothing is written to them first."""


class CaseState(StrEnum):
    """Where a case stands."""

    QUEUE = "queue"
    OPERATOR = "operator"
    CLOSED = "closed"


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
    reasons: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """The action took place."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The action did not take place; `reason` is for the operator, in Vietnamese."""

    reason: str


class Handoff:
    """Opens cases and carries out what operators do. Every method is part of the caller's transaction."""

    def __init__(self, transcripts: Transcripts, texts: Texts, clock: Clock) -> None:
        self._transcripts = transcripts
        self._texts = texts
        self._clock = clock

    async def raise_case(
        self, db: AsyncConnection, conversation: Conversation, urgency: Urgency, reasons: tuple[str, ...]
    ) -> bool:
        """Open a case, or raise the open one and add the reasons; tells whether it is new."""
        now = self._clock()
        await self._transcripts.lock(db, conversation.id)
        row = (await db.execute(self._open(conversation.id))).first()
        key = await self._transcripts.key(db, conversation.id)
        place = f"reasons {conversation.id}"
        if row is None:
            sealed = key.seal(json.dumps(reasons).encode(), place)
            await db.execute(
                insert(cases).values(
                    conversation=conversation.id,
                    state=CaseState.QUEUE,
                    urgency=urgency,
                    reasons=sealed,
                    opened_at=now,
                    queued_at=now,
                    waiting_since=now,
                )
            )
            await self._transcripts.hold(db, conversation.id, Holder.QUEUE)
            return True
        known = json.loads(key.unseal(row.reasons, place))
        both = list(dict.fromkeys([*known, *reasons]))
        new_emergency = urgency is Urgency.EMERGENCY and row.state == CaseState.OPERATOR
        await db.execute(
            update(cases)
            .where(cases.c.number == row.number)
            .values(
                urgency=max(row.urgency, urgency),
                reasons=key.seal(json.dumps(both).encode(), place),
                card_due=func.coalesce(cases.c.card_due, now + CARD_SECONDS)
                if new_emergency
                else cases.c.card_due,
                danger_since=func.coalesce(cases.c.danger_since, now)
                if new_emergency
                else cases.c.danger_since,
            )
        )
        return False

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
        query = (
            select(cases, conversations.c.channel, operators.c.name, unread.label("unread"))
            .join(conversations, conversations.c.id == cases.c.conversation)
            .outerjoin(operators, operators.c.id == cases.c.operator)
            .where(cases.c.state != CaseState.CLOSED)
            .order_by(cases.c.urgency.desc(), func.coalesce(cases.c.waiting_since, cases.c.opened_at))
        )
        return [await self._case(db, row) for row in (await db.execute(query)).all()]

    async def claim(self, db: AsyncConnection, number: int, operator: int) -> Taken | Refused:
        """Take a waiting case; of several operators exactly one gets it."""
        result = await db.execute(
            update(cases)
            .where(cases.c.number == number, cases.c.state != CaseState.CLOSED, cases.c.operator.is_(None))
            .values(state=CaseState.OPERATOR, operator=operator, claimed_at=self._clock())
        )
        if result.rowcount != 1:
            return Refused(self._texts.desk.already_taken)
        conversation = await self._conversation(db, number)
        await self._transcripts.hold(db, conversation.id, Holder.OPERATOR)
        await self._tell(db, conversation, self._texts.claimed)
        await self._note_down(db, operator, "claim", number)
        return Taken()

    async def answered_elsewhere(self, db: AsyncConnection, conversation: Conversation) -> None:
        """A human of ours answered in the platform's own tool: the assistant is silent; who is here may claim."""
        if conversation.holder is Holder.OPERATOR:
            return
        await self.raise_case(db, conversation, Urgency.URGENT, (self._texts.desk.reason_elsewhere,))
        await db.execute(
            update(cases)
            .where(cases.c.conversation == conversation.id, cases.c.state == CaseState.QUEUE)
            .values(state=CaseState.OPERATOR, operator=None, waiting_since=None)
        )
        await self._transcripts.hold(db, conversation.id, Holder.OPERATOR)

    async def reply(
        self, db: AsyncConnection, number: int, operator: int, text: str, once: str
    ) -> Taken | Refused:
        """Send the operator's words to the person; the same `once` again sends nothing again."""
        if not await self._mine(db, number, operator):
            return Refused(self._texts.desk.not_yours)
        conversation = await self._conversation(db, number)
        reply = Reply(text, author=Author.OPERATOR)
        await self._transcripts.say(db, conversation, [reply], once=once)
        await db.execute(
            update(cases)
            .where(cases.c.number == number)
            .values(waiting_since=None, card_due=None, danger_since=None)
        )
        await self._note_down(db, operator, "reply", number)
        return Taken()

    async def note(self, db: AsyncConnection, number: int, operator: int, text: str) -> Taken | Refused:
        """Keep a note that only operators read."""
        if not await self._mine(db, number, operator):
            return Refused(self._texts.desk.not_yours)
        conversation = await self._conversation(db, number)
        await self._transcripts.say(db, conversation, [Reply(text, author=Author.NOTE)])
        await self._note_down(db, operator, "note", number)
        return Taken()

    async def close(self, db: AsyncConnection, number: int, operator: int, outcome: str) -> Taken | Refused:
        """Close a case of one's own; the assistant answers again."""
        return await self._end(db, number, operator, "close", outcome)

    async def give_back(self, db: AsyncConnection, number: int, operator: int) -> Taken | Refused:
        """Give the conversation back to the assistant; the case is closed as given back."""
        return await self._end(db, number, operator, "return", "returned")

    async def conversation_of(self, db: AsyncConnection, number: int) -> str | None:
        """Give the conversation of a case, if there is such a case."""
        return await db.scalar(select(cases.c.conversation).where(cases.c.number == number))

    async def opened(self, db: AsyncConnection, number: int, operator: int) -> str | None:
        """Note that an operator reads a case; gives its conversation."""
        conversation = await self.conversation_of(db, number)
        if conversation is not None:
            await self.seen(db, number)
            await self._note_down(db, operator, "read", number)
        return conversation

    async def seen(self, db: AsyncConnection, number: int) -> None:
        """Note up to where a case was read."""
        conversation = await self.conversation_of(db, number)
        newest = select(func.coalesce(func.max(messages.c.seq), 0)).where(
            messages.c.conversation == conversation
        )
        await db.execute(
            update(cases).where(cases.c.number == number).values(seen_seq=newest.scalar_subquery())
        )

    async def cards_due(self, db: AsyncConnection) -> list[int]:
        """Give the cases whose operator stayed silent after an emergency for too long."""
        query = select(cases.c.number).where(
            cases.c.state == CaseState.OPERATOR, cases.c.card_due <= self._clock()
        )
        return list((await db.execute(query)).scalars())

    async def send_due_cards(self, db: AsyncConnection) -> list[str]:
        """Send the fixed card where it is due; gives the conversations."""
        told = []
        for number in await self.cards_due(db):
            conversation = await self._conversation(db, number)
            card = Reply(self._texts.card_automatic, author=Author.AUTOMATIC)
            await self._transcripts.say(db, conversation, [card])
            await db.execute(update(cases).where(cases.c.number == number).values(card_due=None))
            told.append(conversation.id)
        return told

    async def _end(
        self, db: AsyncConnection, number: int, operator: int, action: str, outcome: str
    ) -> Taken | Refused:
        if not await self._mine(db, number, operator):
            return Refused(self._texts.desk.not_yours)
        conversation = await self._conversation(db, number)
        await db.execute(
            update(cases)
            .where(cases.c.number == number)
            .values(
                state=CaseState.CLOSED,
                closed_at=self._clock(),
                outcome=outcome,
                card_due=None,
                danger_since=None,
                waiting_since=None,
            )
        )
        await self._transcripts.hold(db, conversation.id, Holder.ASSISTANT)
        await self._tell(db, conversation, self._texts.returned)
        await self._note_down(db, operator, action, number)
        return Taken()

    async def _tell(self, db: AsyncConnection, conversation: Conversation, text: str) -> None:
        newest = select(func.max(messages.c.at)).where(
            messages.c.conversation == conversation.id, messages.c.author == Author.PERSON
        )
        last = await db.scalar(newest)
        if last is not None and self._clock() - last < QUIET_SECONDS:
            await self._transcripts.say(db, conversation, [Reply(text, author=Author.NOTICE)])

    async def _mine(self, db: AsyncConnection, number: int, operator: int) -> bool:
        query = select(cases.c.number).where(
            cases.c.number == number, cases.c.state == CaseState.OPERATOR, cases.c.operator == operator
        )
        return (await db.execute(query)).first() is not None

    async def _conversation(self, db: AsyncConnection, number: int) -> Conversation:
        query = select(cases.c.conversation).where(cases.c.number == number)
        return await self._transcripts.get(db, (await db.execute(query)).scalar_one())

    async def _note_down(self, db: AsyncConnection, operator: int, action: str, number: int) -> None:
        name = select(operators.c.name).where(operators.c.id == operator).scalar_subquery()
        await db.execute(
            insert(audit).values(at=self._clock(), operator=name, action=action, case_number=number)
        )

    def _open(self, conversation: str) -> Select[tuple[object, ...]]:
        return select(cases).where(cases.c.conversation == conversation, cases.c.state != CaseState.CLOSED)

    async def _case(self, db: AsyncConnection, row: Row[tuple[object, ...]]) -> Case:
        key = await self._transcripts.key(db, row.conversation)
        reasons = json.loads(key.unseal(row.reasons, f"reasons {row.conversation}"))
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
            reasons=tuple(reasons),
        )
