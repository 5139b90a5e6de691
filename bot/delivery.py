"""The outbox: each conversation's replies leave in order; an ambiguous sending is marked, never silently repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.bell import DESK, OUTBOX, Bell
from bot.dispatcher import Workers
from bot.leases import Leases
from bot.model import (
    Author,
    Channel,
    Clock,
    Jitter,
    NotSent,
    Outbound,
    Outcome,
    Reply,
    Sent,
    State,
    Unknown,
)
from bot.pace import Road
from bot.rendering import render
from bot.storage.store import Store
from bot.transcript import Conversation, Line, Transcripts
from bot.withdrawals import Withdrawals

log = structlog.get_logger()

SWEEP_SECONDS = 2.0
FIRST_RETRY = 2.0
LONGEST_RETRY = 120.0
EXPIRES_SECONDS = 3600.0
"""Age at which an answer is no longer sent: it would arrive out of nowhere, on a screen others may see."""
LONGEST_SEND = 20.0
STUCK_SECONDS = 60.0
"""Time on the way after which whoever was sending is held to be dead."""
WITHDRAWAL_RETRY = 60.0


@dataclass(frozen=True, slots=True)
class Job:
    """One part of one reply, about to be sent."""

    line: Line
    channel: Channel
    outbound: Outbound
    last: bool


class Delivery:
    """Sends pending replies through their channels, in parts that fit."""

    def __init__(
        self,
        store: Store,
        transcripts: Transcripts,
        withdrawals: Withdrawals,
        leases: Leases,
        channels: Mapping[str, Channel],
        bell: Bell,
        clock: Clock,
        jitter: Jitter,
    ) -> None:
        self._store = store
        self._transcripts = transcripts
        self._withdrawals = withdrawals
        self._leases = leases
        self._channels = channels
        self._bell = bell
        self._clock = clock
        self._jitter = jitter
        self._roads: dict[str, Road] = {}
        self._workers = Workers(self.deliver)

    async def run(self) -> None:
        """Send until cancelled."""
        await self._workers.keep_sweeping(self.sweep, self._bell, OUTBOX, SWEEP_SECONDS)

    async def sweep(self) -> None:
        """Start sending wherever something is due."""
        async with self._store.reading() as db:
            waiting = await self._leases.waiting(db, (State.PENDING,))
        for conversation in waiting:
            self._workers.start(conversation)

    async def withdraw(self) -> None:
        """Take back what is due of erased conversations."""
        async with self._store.reading() as db:
            due = await self._withdrawals.due(db)
        for item in due:
            channel = self._channels.get(item.channel)
            outcome = await channel.withdraw(item.address, item.receipt) if channel else NotSent("no channel")
            again = (
                WITHDRAWAL_RETRY if isinstance(outcome, Unknown) else getattr(outcome, "retry_after", None)
            )
            async with self._store.writing() as db:
                await self._withdrawals.settle(db, item.id, again)

    async def drain(self) -> None:
        """Send what is due now, and wait until it is done."""
        await self.sweep()
        await self._workers.drain()
        await self.withdraw()

    async def recover(self, everything: bool) -> None:
        """After a crash: what was being sent may have arrived, and is treated so.

        `everything`: no other gateway can be sending; otherwise only what has been on its way for too long.
        """
        async with self._store.reading() as db:
            stuck = await self._leases.waiting(db, (State.SENDING,), even_later=everything)
        for id in stuck:
            async with self._store.writing() as db:
                conversation = await self._transcripts.get(db, id)
                for line in await self._transcripts.lines(db, id, [State.SENDING]):
                    before = replace(line, attempts=line.attempts - 1)
                    if (job := self._job(before, conversation)) is not None:
                        await self._settle(db, job, Unknown())

    async def deliver(self, id: str) -> None:
        """Send one conversation's replies, the oldest first, until one has to wait."""
        sent = 0
        # The pace is waited for before a part is marked as on its way: what a crash finds so marked may have arrived.
        while await self._turn(id, sent) and (job := await self._take(id)) is not None:
            outcome = await self._send(job)
            sent += 1
            async with self._store.writing() as db:
                waits = await self._settle(db, job, outcome)
            self._bell.ring(DESK, id)
            if waits:
                return

    async def _turn(self, id: str, sent: int) -> bool:
        """Wait until one more part may leave; tells whether there is one."""
        async with self._store.reading() as db:
            lines = await self._transcripts.lines(db, id, [State.PENDING], limit=1)
            if not lines or not await self._transcripts.is_due(db, lines[0].seq):
                return False
            channel = self._channels.get((await self._transcripts.get(db, id)).channel)
        if channel is not None:
            if sent >= channel.capabilities.burst:
                await asyncio.sleep(1.0)
            await self._road(channel).wait()
        return True

    async def _take(self, id: str) -> Job | None:
        """Give the next part to be sent, marked as on its way; what cannot be sent any more is marked so."""
        async with self._store.writing() as db:
            await self._transcripts.lock(db, id)
            if await self._transcripts.lines(db, id, [State.SENDING], limit=1):
                return None
            lines = await self._transcripts.lines(db, id, [State.PENDING], limit=1)
            if not lines or not await self._transcripts.is_due(db, lines[0].seq):
                return None
            line = lines[0]
            conversation = await self._transcripts.get(db, id)
            if why := await self._impossible(db, conversation, line):
                await self._transcripts.mark(db, [line.seq], State.FAILED, failure=why)
                # The sweep that this ring brings goes on with the next line.
                self._bell.ring(OUTBOX, DESK, id)
                return None
            job = self._job(line, conversation)
            assert job is not None
            if rest := self._road(job.channel).rests_for():
                await self._transcripts.mark(db, [line.seq], State.PENDING, not_before=self._clock() + rest)
                return None
            late = self._clock() + STUCK_SECONDS
            await self._transcripts.mark(
                db, [line.seq], State.SENDING, attempts=line.attempts + 1, not_before=late
            )
        return job

    async def _impossible(self, db: AsyncConnection, conversation: Conversation, line: Line) -> str:
        channel = self._channels.get(conversation.channel)
        now = self._clock()
        if channel is None:
            return "no channel"
        if not conversation.reachable:
            return "left"
        if now - line.at > EXPIRES_SECONDS:
            return "too old"
        window = channel.capabilities.reply_window
        heard = await self._transcripts.last_heard(db, conversation.id) if window else None
        if window is not None and (heard is None or now - heard > window):
            return "window closed"
        return ""

    def _job(self, line: Line, conversation: Conversation) -> Job | None:
        channel = self._channels.get(conversation.channel)
        if channel is None:
            return None
        whole = Reply(line.text, line.buttons, line.author, line.picture)
        parts = render(whole, channel.capabilities)
        place = min(line.parts_sent, len(parts) - 1)
        outbound = Outbound(line.seq, conversation.id, conversation.address, parts[place])
        return Job(line, channel, outbound, last=place == len(parts) - 1)

    async def _send(self, job: Job) -> Outcome:
        outcome = await self._attempt(job)
        self._road(job.channel).note(outcome)
        return outcome

    async def _attempt(self, job: Job) -> Outcome:
        try:
            async with asyncio.timeout(LONGEST_SEND):
                return await job.channel.send(job.outbound)
        except TimeoutError:
            return Unknown()
        except Exception as error:
            log.error("send_failed", channel=job.channel.name, error=type(error).__name__)
            return Unknown()

    async def _settle(self, db: AsyncConnection, job: Job, outcome: Outcome) -> bool:
        """Write down what became of a part; tells whether the conversation has to wait."""
        line, mark = job.line, self._transcripts.mark
        match outcome:
            case Sent(receipt=receipt):
                if receipt and job.channel.capabilities.withdraw_seconds:
                    await self._withdrawals.note(db, job.outbound.conversation, receipt)
                await self._part_is_through(db, job, ambiguous=False)
            case NotSent(retry_after=seconds) if seconds is not None:
                due = self._clock() + max(seconds, self._back_off(line.attempts))
                await mark(db, [line.seq], State.PENDING, not_before=due)
                return True
            case NotSent(reason=reason, gone=gone):
                log.warning("not_sent", channel=job.channel.name, reason=reason)
                await mark(db, [line.seq], State.FAILED, failure=reason)
                if gone:
                    await self._transcripts.reach(db, job.outbound.conversation, False)
            case Unknown() if self._may_repeat(job):
                due = self._clock() + self._back_off(line.attempts) if line.attempts else 0.0
                await mark(db, [line.seq], State.PENDING, not_before=due)
                return bool(line.attempts)
            case Unknown():
                await self._part_is_through(db, job, ambiguous=True)
        return False

    async def _part_is_through(self, db: AsyncConnection, job: Job, ambiguous: bool) -> None:
        """Go on with the next part: the end of an answer, where its number stands, must not be lost with its middle."""
        ambiguous = ambiguous or job.line.ambiguous
        state = State.PENDING if not job.last else State.UNKNOWN if ambiguous else State.SENT
        parts = job.line.parts_sent + 1
        columns = {"parts_sent": parts, "ambiguous": ambiguous, "attempts": 0, "not_before": 0.0}
        await self._transcripts.mark(db, [job.line.seq], state, **columns)

    def _may_repeat(self, job: Job) -> bool:
        """A card is sent once more, a double does no harm; a page shows a repeated line once."""
        if job.channel.capabilities.repeatable:
            return True
        return job.line.author is Author.AUTOMATIC and job.line.attempts < 1

    def _back_off(self, attempts: int) -> float:
        return min(LONGEST_RETRY, FIRST_RETRY * 2.0**attempts) * (0.5 + 0.5 * self._jitter())

    def _road(self, channel: Channel) -> Road:
        return self._roads.setdefault(channel.name, Road(channel.capabilities, self._clock))
