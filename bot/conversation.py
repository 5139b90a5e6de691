"""What happens to a message: triage first, then whoever holds the conversation answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.assistant_client import Answered, Assistant, NotAnswered, Turn
from bot.handoff import Handoff
from bot.model import Author, Clock, Holder, Kind, Reply, State
from bot.texts import Texts
from bot.transcript import Conversation, Line, Transcripts
from bot.triage.assess import Assessment, assess
from bot.triage.rules import Rules
from bot.triage.urgency import Urgency

PROMISE_SECONDS = 4.7
"""Age at which a message must have its answer written; delivery has the rest of the five seconds."""
SHORTEST_TURN = 0.5
LONGEST_TURN = 3.0
STALE_SECONDS = 600.0
CARD_AGAIN_SECONDS = 60.0
READ = (Kind.TEXT, Kind.EDIT)


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
        handoff: Handoff,
        assistant: Assistant,
        rules: Rules,
        texts: Texts,
        clock: Clock,
        on_duty: Callable[[], bool],
    ) -> None:
        self._transcripts = transcripts
        self._handoff = handoff
        self._assistant = assistant
        self._rules = rules
        self._texts = texts
        self._clock = clock
        self._on_duty = on_duty

    async def triage(self, db: AsyncConnection, id: str) -> None:
        """Read what has just come in; open or raise a case; answer an emergency at once."""
        new = await self._transcripts.lines(db, id, [State.RECEIVED])
        if not new:
            return
        waiting = await self._transcripts.lines(db, id, [State.TRIAGED])
        conversation = await self._transcripts.get(db, id)
        judged = self._judge_by_rules([*waiting, *new])
        held = conversation.holder is Holder.OPERATOR
        emergency = judged.urgency is Urgency.EMERGENCY
        if emergency and not held:
            await self._send_card(db, conversation, new[-1])
            await self._transcripts.mark(db, [line.seq for line in waiting], State.HANDLED)
        if judged.opens_case:
            await self._raise(db, conversation, judged, stale=self._stale(new[-1]))
        await self._handoff.person_wrote(db, id)
        state = State.HANDLED if emergency or held else State.TRIAGED
        await self._transcripts.mark(db, [line.seq for line in new], state, urgency=int(judged.urgency))

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
            replies += turn.replies
            urgency = max(urgency, turn.reading.urgency)
            await self._transcripts.keep(db, conversation.id, turn.memory)
        elif isinstance(turn, NotAnswered):
            replies += (Reply(self._texts.fallback, author=Author.AUTOMATIC),)
            state = State.REREAD
        await self._transcripts.say(db, conversation, replies)
        if isinstance(turn, Answered):
            await self._raise_by_reading(db, conversation, turn)
        await self._transcripts.mark(db, [line.seq for line in lines], state, urgency=urgency)

    async def reread(self, conversation: Conversation, lines: Sequence[Line]) -> Turn:
        """Have the assistant read what got only the fixed text."""
        return await self._assistant.ask(conversation.id, _joined(lines), conversation.memory, LONGEST_TURN)

    async def settle_reread(
        self, db: AsyncConnection, conversation: Conversation, lines: Sequence[Line], turn: Answered
    ) -> None:
        """Open a case if the late reading says so; its answer is not sent any more."""
        await self._raise_by_reading(db, conversation, turn)
        await self._transcripts.mark(db, [line.seq for line in lines], State.HANDLED)

    def _judge_by_rules(self, lines: Sequence[Line]) -> Judged:
        readable = [line.text for line in lines if line.kind in READ]
        texts = dict.fromkeys([*readable, " ".join(readable)])
        return judge([assess(self._rules, text) for text in texts], None, self._texts)

    async def _raise_by_reading(
        self, db: AsyncConnection, conversation: Conversation, turn: Answered
    ) -> None:
        judged = judge([], turn, self._texts)
        if judged.opens_case:
            await self._raise(db, conversation, judged, stale=False)

    async def _raise(
        self, db: AsyncConnection, conversation: Conversation, judged: Judged, stale: bool
    ) -> None:
        new = await self._handoff.raise_case(db, conversation, judged.urgency, judged.reasons)
        if new and not stale:
            text = self._texts.queued if self._on_duty() else self._texts.queued_nobody
            await self._transcripts.say(db, conversation, [Reply(text, author=Author.NOTICE)])

    async def _send_card(self, db: AsyncConnection, conversation: Conversation, line: Line) -> None:
        if self._stale(line):
            text = self._texts.stale
        elif await self._had_card(db, conversation.id):
            text = self._texts.card_again
        else:
            text = self._texts.card
        await self._transcripts.say(db, conversation, [Reply(text, author=Author.AUTOMATIC)])

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


def judge(assessments: Sequence[Assessment], turn: Turn | None, texts: Texts) -> Judged:
    """Bring the rules' and the assistant's readings together: a reading raises the urgency, never lowers it."""
    urgency = max((item.urgency for item in assessments), default=Urgency.NONE)
    reasons = [reason.text for item in assessments for reason in item.reasons]
    human = any(item.wants_human for item in assessments)
    if isinstance(turn, Answered):
        if turn.reading.urgency > max(urgency, Urgency.CONCERN):
            reasons.append(texts.desk.reason_assistant)
        urgency = max(urgency, turn.reading.urgency)
        human = human or turn.reading.intent == "talk_to_human"
    if human:
        reasons.append(texts.desk.reason_human)
    return Judged(urgency, tuple(dict.fromkeys(reasons)), human or urgency >= Urgency.URGENT)


def _joined(lines: Sequence[Line]) -> str:
    return "\n".join(line.text.strip() for line in lines if line.kind in READ).strip()
