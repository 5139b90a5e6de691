"""What happens to a message: triage first, then whoever holds the conversation answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.assistant_client import Answered, Assistant, NotAnswered, Turn
from bot.events import STALE_SECONDS, Events, wants_erasing
from bot.handoff import Cases
from bot.model import EVENTS, Author, Clock, Holder, Kind, Reply, State
from bot.roster import Roster
from bot.texts import Texts
from bot.transcript import Conversation, Line, Transcripts
from bot.triage.assess import Assessment, Triage
from bot.triage.urgency import Urgency
from vietnamese.text import fold, words

PROMISE_SECONDS = 4.7
"""Age at which a message must have its answer written; delivery has the rest of the five seconds."""
SHORTEST_TURN = 0.5
LONGEST_TURN = 3.0
CARD_AGAIN_SECONDS = 60.0
READ = (Kind.TEXT, Kind.EDIT)
REMEMBERED_SECONDS = 3600.0
LINES_REMEMBERED = 12
HOTLINE = "111"
OUT_OF_SCOPE = "out_of_scope"
NOT_SAFE = "not_safe"
MISTAKEN = "wrong_reading"
JOKING = "joking"
HINTS = 2
"""Worrying lines before another one, with which they become a case."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How urgent a message is, by everything that read it."""

    urgency: Urgency
    reasons: tuple[str, ...]
    opens_case: bool


class Talk:
    """Handles the waiting messages of one conversation, inside the caller's transactions."""

    def __init__(
        self,
        transcripts: Transcripts,
        case_book: Cases,
        events: Events,
        assistant: Assistant,
        triage: Triage,
        texts: Texts,
        clock: Clock,
        roster: Roster,
    ) -> None:
        self._transcripts = transcripts
        self._cases = case_book
        self._events = events
        self._assistant = assistant
        self._triage = triage
        self._texts = texts
        self._clock = clock
        self._roster = roster

    async def triage(self, db: AsyncConnection, id: str) -> bool:
        """Read what has just come in; open or raise a case; answer an emergency at once.

        Tells whether the conversation is still there: who writes "xoá" may have it erased.
        """
        new = await self._transcripts.lines(db, id, [State.RECEIVED])
        if not new:
            return True
        wish = new[-1] if wants_erasing(new[-1]) else None
        for line in new:
            if line.kind in EVENTS and line is not wish:
                await self._events.handle(db, await self._transcripts.get(db, id), line)
        written = [line for line in new if line.kind not in EVENTS and line is not wish]
        called = [line for line in written if self._is_safe_word(line)]
        if called:
            await self._show_help(db, id, called)
        # What stands before the wish is read first: a cry must not be erased unread.
        if unread := [line for line in written if line not in called]:
            await self._read(db, id, unread)
        return wish is None or await self._events.erase(db, await self._transcripts.get(db, id), wish)

    async def _read(self, db: AsyncConnection, id: str, new: Sequence[Line]) -> None:
        waiting = await self._transcripts.lines(db, id, [State.TRIAGED])
        conversation = await self._transcripts.get(db, id)
        judged = await self._judge_with_memory(db, id, [*waiting, *new])
        held = conversation.holder is Holder.OPERATOR
        emergency = judged.urgency is Urgency.EMERGENCY
        if emergency and not held:
            await self._send_card(db, conversation, new[-1])
            await self._transcripts.mark(db, [line.seq for line in waiting], State.HANDLED)
        if judged.opens_case:
            await self._raise(db, conversation, judged, stale=self._stale(new[-1]))
        await self._cases.person_wrote(db, id)
        state = State.HANDLED if emergency or held else State.TRIAGED
        await self._transcripts.mark(db, [line.seq for line in new], state, urgency=int(judged.urgency))

    def _is_safe_word(self, line: Line) -> bool:
        return line.kind in READ and _letters(line.text) == _letters(self._texts.safe_word)

    async def _show_help(self, db: AsyncConnection, id: str, asked: Sequence[Line]) -> None:
        """Bring back the help card, whoever holds the conversation and whether or not the assistant lives."""
        conversation = await self._transcripts.get(db, id)
        text = self._texts.stale if self._stale(asked[-1]) else self._texts.help_card
        await self._transcripts.say(db, conversation, [Reply(text, author=Author.AUTOMATIC)])
        await self._tell_desk(db, conversation, self._texts.desk.reason_safe_word)
        await self._transcripts.mark(db, [line.seq for line in asked], State.HANDLED)

    async def _tell_desk(self, db: AsyncConnection, conversation: Conversation, reason: str) -> bool:
        """Add a reason to the open case, if there is one, which it neither raises nor closes."""
        if not await self._cases.has_open_case(db, conversation.id):
            return False
        await self._cases.raise_case(db, conversation, Urgency.NONE, (reason,))
        await self._cases.person_wrote(db, conversation.id)
        return True

    async def ask(self, conversation: Conversation, lines: Sequence[Line]) -> Turn | None:
        """Ask the assistant about a burst of lines; `None` where there is nothing for it to read."""
        text = _joined(lines)
        if not text or self._stale(lines[-1]):
            return None
        age = self._clock() - lines[0].at
        seconds = min(LONGEST_TURN, max(SHORTEST_TURN, PROMISE_SECONDS - age))
        return await self._assistant.ask(conversation.id, text, conversation.memory, seconds)

    async def answer(
        self, db: AsyncConnection, conversation: Conversation, lines: Sequence[Line], turn: Turn | None
    ) -> None:
        """Write the replies and mark the lines handled, in one transaction."""
        replies, state = self._fixed(lines), State.HANDLED
        urgency = max(line.urgency for line in lines)
        if isinstance(turn, Answered):
            urgency = max(urgency, turn.reading.urgency)
            replies += await self._said(db, conversation, turn, Urgency(urgency))
            await self._transcripts.keep(db, conversation.id, turn.memory)
        elif isinstance(turn, NotAnswered):
            replies += (Reply(self._texts.fallback, author=Author.AUTOMATIC),)
            state = State.REREAD
        await self._transcripts.say(db, conversation, replies)
        if isinstance(turn, Answered):
            await self._raise_by_reading(db, conversation, turn)
        await self._transcripts.mark(db, [line.seq for line in lines], state, urgency=urgency)

    async def _said(
        self, db: AsyncConnection, conversation: Conversation, turn: Answered, urgency: Urgency
    ) -> tuple[Reply, ...]:
        """Give what is said to a turn; who takes back what opened a case hears that the operator knows it, calmly."""
        taken_back = {MISTAKEN: self._texts.desk.reason_mistaken, JOKING: self._texts.desk.reason_joke}
        reason = taken_back.get(turn.reading.intent)
        if reason and await self._tell_desk(db, conversation, reason) and turn.reading.intent == MISTAKEN:
            return (Reply(self._texts.mistaken),)
        return with_care(turn, urgency, self._texts)

    async def reread(self, conversation: Conversation, lines: Sequence[Line]) -> Turn:
        """Have the assistant read what got only the fixed text."""
        return await self._assistant.ask(conversation.id, _joined(lines), conversation.memory, LONGEST_TURN)

    async def settle_reread(
        self, db: AsyncConnection, conversation: Conversation, lines: Sequence[Line], turn: Answered
    ) -> None:
        """Open a case if the late reading says so; its answer is not sent any more."""
        await self._raise_by_reading(db, conversation, turn)
        await self._transcripts.mark(db, [line.seq for line in lines], State.HANDLED)

    async def _judge_with_memory(self, db: AsyncConnection, id: str, lines: Sequence[Line]) -> Judged:
        """A hint, then another hint: what is harmless alone may add up with what was said before."""
        judged = self._judge(lines)
        if judged.opens_case:
            return judged
        since = self._clock() - REMEMBERED_SECONDS
        newest = await self._transcripts.newest(db, id, LINES_REMEMBERED)
        said = [line for line in reversed(newest) if line.author is Author.PERSON and line.at > since]
        before = [line for line in said if line.seq < lines[0].seq]
        worried = sum(line.urgency == Urgency.CONCERN for line in before)
        # What was urgent before has its case, and its words would raise it again with every line.
        if not before or any(line.urgency >= Urgency.URGENT for line in before):
            return judged
        hints = worried >= HINTS and judged.urgency == Urgency.CONCERN
        if not hints and not self._judge(said).opens_case:
            return judged
        return Judged(Urgency.URGENT, (*judged.reasons, self._texts.desk.reason_adds_up), opens_case=True)

    def _judge(self, lines: Sequence[Line]) -> Judged:
        readable = [line.words for line in lines if line.kind in READ]
        texts = dict.fromkeys([*readable, " ".join(readable)])
        return judge([self._triage.assess(text) for text in texts], None, self._texts)

    async def _raise_by_reading(
        self, db: AsyncConnection, conversation: Conversation, turn: Answered
    ) -> None:
        judged = judge([], turn, self._texts)
        if judged.opens_case:
            await self._raise(db, conversation, judged, stale=False)

    async def _raise(
        self, db: AsyncConnection, conversation: Conversation, judged: Judged, stale: bool
    ) -> None:
        new = await self._cases.raise_case(db, conversation, judged.urgency, judged.reasons)
        if new and not stale:
            anyone = await self._roster.anyone(db)
            text = self._texts.queued if anyone else self._texts.queued_nobody
            await self._transcripts.say(db, conversation, [Reply(text, author=Author.NOTICE)])

    async def _send_card(self, db: AsyncConnection, conversation: Conversation, line: Line) -> None:
        if self._stale(line):
            text = self._texts.stale
        elif await self._had_card(db, conversation.id):
            text = self._texts.card_again
        else:
            text = self._texts.card
        buttons = (self._texts.not_so,) if text == self._texts.card else ()
        await self._transcripts.say(db, conversation, [Reply(text, buttons, Author.AUTOMATIC)])

    async def _had_card(self, db: AsyncConnection, id: str) -> bool:
        since = self._clock() - CARD_AGAIN_SECONDS
        lines = await self._transcripts.newest(db, id, 10)
        return any(line.text == self._texts.card and line.at > since for line in lines)

    def _fixed(self, lines: Sequence[Line]) -> tuple[Reply, ...]:
        if self._stale(lines[-1]):
            return (Reply(self._texts.stale),)
        texts = [self._texts.attachment(line.kind) for line in lines if line.kind not in READ]
        if not texts and not _joined(lines):
            texts = [self._texts.empty]
        if any(line.kind is Kind.EDIT for line in lines):
            texts.insert(0, self._texts.edit)
        return tuple(Reply(text) for text in dict.fromkeys(texts))

    def _stale(self, line: Line) -> bool:
        return self._clock() - line.at > STALE_SECONDS


def with_care(turn: Answered, urgency: Urgency, texts: Texts) -> tuple[Reply, ...]:
    """Give the turn's replies so that whoever worries us reads of the hotline and of a human, whatever else is said."""
    if urgency < Urgency.CONCERN:
        return turn.replies
    if turn.reading.intent == OUT_OF_SCOPE:
        # The topic was not recognised, the worry was: nobody is sent away.
        return (Reply(texts.listen),)
    if any(HOTLINE in reply.text for reply in turn.replies):
        return turn.replies
    return (*turn.replies, Reply(texts.care))


def judge(assessments: Sequence[Assessment], turn: Turn | None, texts: Texts) -> Judged:
    """Bring the rules' and the assistant's readings together: a reading raises the urgency, never lowers it."""
    urgency = max((item.urgency for item in assessments), default=Urgency.NONE)
    reasons = [reason.text for item in assessments for reason in item.reasons]
    human = any(item.wants_human for item in assessments)
    if isinstance(turn, Answered):
        if turn.reading.urgency > max(urgency, Urgency.CONCERN):
            not_safe = turn.reading.intent == NOT_SAFE
            reasons.append(texts.desk.reason_not_safe if not_safe else texts.desk.reason_assistant)
        urgency = max(urgency, turn.reading.urgency)
        human = human or turn.reading.intent == "talk_to_human"
    if human:
        reasons.append(texts.desk.reason_human)
    return Judged(urgency, tuple(dict.fromkeys(reasons)), human or urgency >= Urgency.URGENT)


def _letters(text: str) -> str:
    return "".join(words(fold(text.lower())))


def _joined(lines: Sequence[Line]) -> str:
    return "\n".join(line.words.strip() for line in lines if line.kind in READ).strip()
