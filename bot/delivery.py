"""The outbox: each conversation's replies leave in order; an ambiguous sending is marked, never silently repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.bell import DESK, OUTBOX, Bell
from bot.dispatcher import Workers
from bot.leases import Leases
from bot.model import (
    Author,
    Channel,
    Clock,
    NotSent,
    Outbound,
    Outcome,
    Reply,
    Sent,
    State,
    Unknown,
)
from bot.storage.store import Store
from bot.transcript import Line, Transcripts

log = structlog.get_logger()

SWEEP_SECONDS = 2.0
ATTEMPTS = 6
EXPIRES_SECONDS = 3600.0
"""Age at which an answer is no longer sent: it would arrive out of nowhere, on a screen others may see."""
LONGEST_SEND = 20.0


class Delivery:
    """Sends pending replies through their channels."""

    def __init__(
        self,
        store: Store,
        transcripts: Transcripts,
        leases: Leases,
        channels: Mapping[str, Channel],
        bell: Bell,
        clock: Clock,
    ) -> None:
        self._store = store
        self._transcripts = transcripts
        self._leases = leases
        self._channels = channels
        self._bell = bell
        self._clock = clock
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

    async def drain(self) -> None:
        """Send what is due now, and wait until it is done."""
        await self.sweep()
        await self._workers.drain()

    async def recover(self) -> None:
        """After a crash: what was being sent may have arrived, and is treated so."""
        async with self._store.reading() as db:
            stuck = await self._leases.waiting(db, (State.SENDING,))
        for id in stuck:
            async with self._store.writing() as db:
                conversation = await self._transcripts.get(db, id)
                for line in await self._transcripts.lines(db, id, [State.SENDING]):
                    await self._settle(db, line, conversation.channel, Unknown())

    async def deliver(self, id: str) -> None:
        """Send one conversation's replies, the oldest first, until one has to wait."""
        while (taken := await self._take(id)) is not None:
            line, outbound, channel = taken
            outcome = await self._send(channel, outbound)
            async with self._store.writing() as db:
                waits = await self._settle(db, line, channel.name, outcome)
            self._bell.ring(DESK, id)
            if waits:
                return

    async def _take(self, id: str) -> tuple[Line, Outbound, Channel] | None:
        async with self._store.writing() as db:
            lines = await self._transcripts.lines(db, id, [State.PENDING], limit=1)
            if not lines or not await self._transcripts.is_due(db, lines[0].seq):
                return None
            line = lines[0]
            conversation = await self._transcripts.get(db, id)
            channel = self._channels.get(conversation.channel)
            if channel is None or self._clock() - line.at > EXPIRES_SECONDS:
                await self._transcripts.mark(db, [line.seq], State.FAILED)
                # The sweep that this ring brings goes on with the next line.
                self._bell.ring(OUTBOX, DESK, id)
                return None
            await self._transcripts.mark(db, [line.seq], State.SENDING, attempts=line.attempts + 1)
        reply = Reply(line.text, line.buttons, line.author)
        return line, Outbound(line.seq, id, conversation.address, reply), channel

    async def _send(self, channel: Channel, outbound: Outbound) -> Outcome:
        try:
            async with asyncio.timeout(LONGEST_SEND):
                return await channel.send(outbound)
        except TimeoutError:
            return Unknown()
        except Exception as error:
            log.error("send_failed", channel=channel.name, error=type(error).__name__)
            return Unknown()

    async def _settle(self, db: AsyncConnection, line: Line, channel: str, outcome: Outcome) -> bool:
        """Write down what became of a reply; tells whether it is to be tried again later."""
        attempts = line.attempts + 1
        match outcome:
            case Sent():
                await self._transcripts.mark(db, [line.seq], State.SENT)
            case NotSent(retry_after=seconds) if seconds is not None and attempts < ATTEMPTS:
                due = self._clock() + max(seconds, min(60.0, 2.0**attempts))
                await self._transcripts.mark(db, [line.seq], State.PENDING, not_before=due)
                return True
            case NotSent(reason=reason):
                log.warning("not_sent", channel=channel, reason=reason)
                await self._transcripts.mark(db, [line.seq], State.FAILED)
            case Unknown():
                again = self._may_repeat(line, channel, attempts)
                await self._transcripts.mark(db, [line.seq], State.PENDING if again else State.UNKNOWN)
        return False

    def _may_repeat(self, line: Line, channel: str, attempts: int) -> bool:
        """A card is sent once more, a double does no harm; a page shows a repeated line once."""
        found = self._channels.get(channel)
        if found is not None and found.repeatable:
            return attempts < ATTEMPTS
        return line.author is Author.AUTOMATIC and attempts < 2
