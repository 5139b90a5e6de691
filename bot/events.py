"""What a person does besides writing: they come, they go, they want everything gone; or a human answers elsewhere."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.handoff import Cases, Handoff
from bot.model import Author, Clock, Holder, Kind, Reply, State
from bot.texts import Texts
from bot.transcript import Conversation, Line, Transcripts
from bot.triage.urgency import Urgency
from bot.withdrawals import Withdrawals
from vietnamese.text import fold

ERASE = ("xoa", "/xoa")
STALE_SECONDS = 600.0


def wants_erasing(line: Line) -> bool:
    """Tell whether a line is the wish to have everything erased."""
    return line.kind is Kind.WITHDREW or fold(line.text.strip().lower()) in ERASE


class Events:
    """Answers them, inside the caller's transaction."""

    def __init__(
        self,
        transcripts: Transcripts,
        case_book: Cases,
        handoff: Handoff,
        withdrawals: Withdrawals,
        texts: Texts,
        clock: Clock,
    ) -> None:
        self._transcripts = transcripts
        self._cases = case_book
        self._handoff = handoff
        self._withdrawals = withdrawals
        self._texts = texts
        self._clock = clock

    async def handle(self, db: AsyncConnection, conversation: Conversation, line: Line) -> None:
        """Do what a line of one of the `EVENTS` asks for, and mark it handled."""
        match line.kind:
            case Kind.JOINED if conversation.holder is Holder.ASSISTANT and not self._stale(line):
                await self._transcripts.say(db, conversation, [Reply(self._texts.welcome)])
            case Kind.LEFT:
                await self._leave(db, conversation, line)
            case Kind.ELSEWHERE:
                await self._handoff.answered_elsewhere(db, conversation)
        await self._transcripts.mark(db, [line.seq], State.HANDLED)

    async def erase(self, db: AsyncConnection, conversation: Conversation, wish: Line) -> bool:
        """Erase a conversation without a case; with one, tell the operator. Tells whether it is still there."""
        if await self._cases.has_any_case(db, conversation.id):
            await self._keep_for_operator(db, conversation, wish)
            return True
        await self._withdrawals.schedule(db, conversation)
        await self._transcripts.erase(db, conversation.id)
        if wish.kind is not Kind.WITHDREW:
            fresh = await self._transcripts.begin(db, conversation.channel, conversation.address)
            await self._transcripts.say(db, fresh, [Reply(self._texts.erased)])
        return False

    async def _keep_for_operator(self, db: AsyncConnection, conversation: Conversation, wish: Line) -> None:
        # Whoever holds the phone may not be the child: a supervisor decides, and the operator sees the wish.
        reasons = (self._texts.desk.reason_erase,)
        await self._cases.raise_case(db, conversation, Urgency.INFO, reasons)
        await self._cases.person_wrote(db, conversation.id)
        await self._withdrawals.schedule(db, conversation)
        await self._transcripts.hide(db, conversation.id, wish.seq)
        if conversation.holder is not Holder.OPERATOR and wish.kind is not Kind.WITHDREW:
            await self._transcripts.say(db, conversation, [Reply(self._texts.erase_later)])
        await self._transcripts.mark(db, [wish.seq], State.HANDLED)

    async def _leave(self, db: AsyncConnection, conversation: Conversation, line: Line) -> None:
        if line.text:
            # Asked us to stop, in words: they hear that we do.
            await self._transcripts.say(db, conversation, [Reply(self._texts.stopped)])
        else:
            await self._transcripts.reach(db, conversation.id, False)
            pending = await self._transcripts.lines(db, conversation.id, [State.PENDING])
            await self._transcripts.mark(db, [item.seq for item in pending], State.FAILED, failure="left")
        if await self._cases.has_open_case(db, conversation.id):
            note = Reply(self._texts.desk.person_left, author=Author.NOTE)
            await self._transcripts.say(db, conversation, [note])

    def _stale(self, line: Line) -> bool:
        return self._clock() - line.at > STALE_SECONDS
