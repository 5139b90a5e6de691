"""What operators do with cases: claim, reply, note, hand over, give back, close. Of several who try, one succeeds."""

from __future__ import annotations

from sqlalchemy import func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.audit import Audit
from bot.handoff.cases import Cases, CaseState, Closing, Refused, Taken
from bot.model import Author, Clock, Holder, Reply
from bot.roster import Roster
from bot.storage.tables import cases, messages, operators
from bot.texts import Texts
from bot.transcript import Conversation, Transcripts
from bot.triage.urgency import Urgency

QUIET_SECONDS = 600.0
"""Silence of the person after which nothing is written to them first."""
UNDO_SECONDS = 60.0
"""Time in which a case that was handed over can be taken back, unless the colleague has answered."""
PAUSE_SECONDS = 600.0


class Handoff:
    """Carries out what operators do. Every method is part of the caller's transaction."""

    def __init__(
        self,
        transcripts: Transcripts,
        case_book: Cases,
        roster: Roster,
        audit: Audit,
        texts: Texts,
        clock: Clock,
    ) -> None:
        self._transcripts = transcripts
        self._cases = case_book
        self._roster = roster
        self._audit = audit
        self._texts = texts
        self._clock = clock

    async def claim(self, db: AsyncConnection, number: int, operator: int) -> Taken | Refused:
        """Take a waiting case; of several operators exactly one gets it. Who is full takes emergencies only."""
        emergency = cases.c.urgency >= Urgency.EMERGENCY
        full = await self._roster.is_full(db, operator)
        free = (cases.c.state != CaseState.CLOSED) & cases.c.operator.is_(None)
        result = await db.execute(
            update(cases)
            .where(cases.c.number == number, free, emergency if full else free)
            .values(state=CaseState.OPERATOR, operator=operator, claimed_at=self._clock())
        )
        if result.rowcount != 1:
            return Refused(await self._why_not(db, number, full))
        conversation = await self._conversation(db, number)
        await self._transcripts.hold(db, conversation.id, Holder.OPERATOR)
        await self._tell(db, conversation, self._texts.claimed)
        await self._audit.note(db, operator, "claim", number)
        return Taken()

    async def hand_over(
        self, db: AsyncConnection, number: int, operator: int, to: int | None
    ) -> Taken | Refused:
        """Hand a case of one's own to a colleague who is on duty, or back into the queue for anyone."""
        if not await self._mine(db, number, operator):
            return Refused(self._texts.desk.not_yours)
        if to is None:
            await self._cases.queue(db, number)
        elif not await self._roster.on_duty(db, to):
            return Refused(self._texts.desk.not_on_duty)
        else:
            now = self._clock()
            values = {"operator": to, "claimed_at": now, "transferred_by": operator, "transferred_at": now}
            await db.execute(update(cases).where(cases.c.number == number).values(**values))
        await self._audit.note(db, operator, "hand over", number)
        return Taken()

    async def take_back(self, db: AsyncConnection, number: int, operator: int) -> Taken | Refused:
        """Undo a hand-over, as long as the colleague has not answered."""
        result = await db.execute(
            update(cases)
            .where(
                cases.c.number == number,
                cases.c.state == CaseState.OPERATOR,
                cases.c.transferred_by == operator,
                cases.c.transferred_at > self._clock() - UNDO_SECONDS,
            )
            .values(operator=operator, transferred_by=None)
        )
        if result.rowcount != 1:
            return Refused(self._texts.desk.too_late)
        await self._audit.note(db, operator, "take back", number)
        return Taken()

    async def take_over(
        self, db: AsyncConnection, number: int, operator: int, for_team: bool = False
    ) -> Taken | Refused:
        """Take a colleague's case: anybody's `for_team`, otherwise only of one who cannot be reached any more."""
        now = self._clock()
        gone = select(operators.c.id).where(func.coalesce(operators.c.reachable_until, 0.0) < now)
        left_alone = cases.c.operator.in_(gone) | cases.c.operator.is_(None)
        result = await db.execute(
            update(cases)
            .where(
                cases.c.number == number,
                cases.c.state == CaseState.OPERATOR,
                func.coalesce(cases.c.operator, 0) != operator,
                true() if for_team else left_alone,
            )
            .values(operator=operator, claimed_at=now, transferred_by=None)
        )
        if result.rowcount != 1:
            return Refused(self._texts.desk.still_held)
        await self._audit.note(db, operator, "take over", number)
        return Taken()

    async def answered_elsewhere(self, db: AsyncConnection, conversation: Conversation) -> None:
        """A human of ours answered in the platform's own tool: the assistant is silent; who is here may claim."""
        if conversation.holder is Holder.OPERATOR:
            return
        await self._cases.raise_case(db, conversation, Urgency.URGENT, (self._texts.desk.reason_elsewhere,))
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
            .values(
                waiting_since=None,
                card_due=None,
                danger_since=None,
                first_reply_at=func.coalesce(cases.c.first_reply_at, self._clock()),
                transferred_by=None,
            )
        )
        await self._audit.note(db, operator, "reply", number)
        return Taken()

    async def note(self, db: AsyncConnection, number: int, operator: int, text: str) -> Taken | Refused:
        """Keep a note that only operators read."""
        if not await self._mine(db, number, operator):
            return Refused(self._texts.desk.not_yours)
        conversation = await self._conversation(db, number)
        await self._transcripts.say(db, conversation, [Reply(text, author=Author.NOTE)])
        await self._audit.note(db, operator, "note", number)
        return Taken()

    async def close(
        self, db: AsyncConnection, number: int, operator: int, closing: Closing
    ) -> Taken | Refused:
        """Close a case of one's own; the assistant answers again."""
        return await self._end(db, number, operator, "close", closing)

    async def give_back(self, db: AsyncConnection, number: int, operator: int) -> Taken | Refused:
        """Give the conversation back to the assistant; the case is closed as given back."""
        return await self._end(db, number, operator, "return", Closing(outcome="returned"))

    async def opened(self, db: AsyncConnection, number: int, operator: int) -> str | None:
        """Note that an operator reads a case; gives its conversation."""
        conversation = await self._cases.conversation_of(db, number)
        if conversation is not None:
            await self.seen(db, number)
            await self._audit.note(db, operator, "read", number)
        return conversation

    async def seen(self, db: AsyncConnection, number: int) -> None:
        """Note up to where a case was read."""
        conversation = await self._cases.conversation_of(db, number)
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
        self, db: AsyncConnection, number: int, operator: int, action: str, closing: Closing
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
                outcome=closing.outcome,
                category=closing.category,
                referral=closing.referral,
                follow_up=closing.follow_up,
                card_due=None,
                danger_since=None,
                waiting_since=None,
            )
        )
        await self._transcripts.hold(db, conversation.id, Holder.ASSISTANT)
        if closing.say_goodbye:
            await self._tell(db, conversation, self._texts.returned)
        if closing.pause:
            await self._roster.pause(db, operator, PAUSE_SECONDS)
        await self._audit.note(db, operator, action, number)
        return Taken()

    async def _why_not(self, db: AsyncConnection, number: int, full: bool) -> str:
        query = (
            select(operators.c.name, cases.c.state)
            .select_from(cases)
            .outerjoin(operators, operators.c.id == cases.c.operator)
            .where(cases.c.number == number)
        )
        row = (await db.execute(query)).first()
        if row is not None and row.name is not None and row.state == CaseState.OPERATOR:
            return f"{self._texts.desk.already_taken} ({row.name})"
        return self._texts.desk.full if full else self._texts.desk.already_taken

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
