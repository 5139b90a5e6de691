"""Gives every waiting message to its conversation: each conversation in order, all of them side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog

from bot.assistant_client import Answered
from bot.bell import DESK, INBOX, OUTBOX, Bell
from bot.conversation import Talk
from bot.leases import LeaseLost, Leases
from bot.model import WAITING, Channel, Clock, Holder, State
from bot.storage.store import Store
from bot.transcript import Conversation, Line, Transcripts

log = structlog.get_logger()

SWEEP_SECONDS = 5.0
"""How often the inbox is looked through without a ring, for what a crash left behind."""
RETRY_SECONDS = 1.0
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Pace:
    """People write in bursts of short lines: wait for `quiet` seconds of silence, `longest` in all."""

    quiet: float = 2.0
    longest: float = 4.0


class Workers:
    """Runs at most one task per conversation; what arrives meanwhile is seen by the task that runs."""

    def __init__(self, work: Callable[[str], Awaitable[None]]) -> None:
        self._work = work
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, conversation: str) -> None:
        """Begin work on a conversation unless it is under way."""
        if conversation not in self._tasks:
            task = asyncio.create_task(self._guarded(conversation))
            self._tasks[conversation] = task
            task.add_done_callback(lambda _: self._tasks.pop(conversation, None))

    async def drain(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def keep_sweeping(
        self, sweep: Callable[[], Awaitable[None]], bell: Bell, topic: str, seconds: float
    ) -> None:
        """Sweep at every ring of a topic, and every so many seconds, until cancelled."""
        try:
            with bell.listen(topic) as ring:
                while True:
                    await sweep()
                    await ring.wait(seconds)
        except asyncio.CancelledError:
            # Only a stop waits for the workers: a sweep that failed must not end a sending half-way.
            await self._stop()
            raise

    async def _stop(self) -> None:
        if not self._tasks:
            return
        _, late = await asyncio.wait(list(self._tasks.values()), timeout=STOP_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _guarded(self, conversation: str) -> None:
        try:
            await self._work(conversation)
        except LeaseLost:
            log.warning("lease_lost")
        except Exception as error:
            # One conversation's trouble must not stop the others; the sweep comes back to it.
            log.error("work_failed", error=type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)


class TypingSign:
    """Shows on a person's screen that an answer is being prepared. Nobody waits for it, and it may fail."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels
        self._tasks: set[asyncio.Task[None]] = set()

    def show(self, conversation: Conversation) -> None:
        """Begin to show it, where the channel can."""
        channel = self._channels.get(conversation.channel)
        if channel is not None and channel.capabilities.typing:
            task = asyncio.create_task(self._quietly(channel, conversation.address))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _quietly(self, channel: Channel, address: str) -> None:
        try:
            await channel.show_typing(address)
        except Exception as error:
            log.info("typing_not_shown", channel=channel.name, error=type(error).__name__)


class Dispatcher:
    """Takes a lease on each conversation with waiting messages and handles them."""

    def __init__(
        self,
        store: Store,
        transcripts: Transcripts,
        talk: Talk,
        leases: Leases,
        bell: Bell,
        clock: Clock,
        pace: Pace,
        typing: TypingSign,
    ) -> None:
        self._store = store
        self._transcripts = transcripts
        self._talk = talk
        self._leases = leases
        self._bell = bell
        self._clock = clock
        self._pace = pace
        self._typing = typing
        self._workers = Workers(self.handle)

    async def run(self) -> None:
        """Handle messages until cancelled."""
        await self._workers.keep_sweeping(self.sweep, self._bell, INBOX, SWEEP_SECONDS)

    async def sweep(self) -> None:
        """Start work on every conversation that has waiting messages."""
        async with self._store.reading() as db:
            waiting = await self._leases.waiting(db, WAITING)
        for conversation in waiting:
            self._workers.start(conversation)

    async def drain(self) -> None:
        """Handle what waits now, and wait until it is done."""
        await self.sweep()
        await self._workers.drain()

    async def handle(self, id: str) -> None:
        """Handle a conversation until nothing waits in it."""
        async with self._store.writing() as db:
            fence = await self._leases.take(db, id)
        if fence is None:
            return
        try:
            with self._bell.listen(id) as ring:
                while await self._step(id, fence):
                    await ring.wait(await self._until_quiet(id))
        finally:
            async with self._store.writing() as db:
                await self._leases.release(db, id, fence)
        # What came in between the last look and the release would wait for the sweep.
        self._bell.ring(INBOX)

    async def reread(self) -> None:
        """Read again what got only the fixed text, now that the assistant is there."""
        async with self._store.reading() as db:
            waiting = await self._leases.waiting(db, (State.REREAD,))
        for id in waiting:
            async with self._store.reading() as db:
                conversation = await self._transcripts.get(db, id)
                lines = await self._transcripts.lines(db, id, [State.REREAD])
            turn = await self._talk.reread(conversation, lines)
            if not isinstance(turn, Answered):
                return
            async with self._store.writing() as db:
                await self._talk.settle_reread(db, conversation, lines, turn)
            self._bell.ring(OUTBOX, DESK, id)

    async def _step(self, id: str, fence: int) -> bool:
        """Triage what is new and answer what has been quiet long enough; tells whether to go on."""
        async with self._store.writing() as db:
            await self._leases.check(db, id, fence)
            stays = await self._talk.triage(db, id)
            lines = await self._transcripts.lines(db, id, [State.TRIAGED])
            conversation = await self._transcripts.get(db, id) if stays and lines else None
        self._bell.ring(OUTBOX, DESK, id)
        if conversation is None:
            return False
        if self._due(lines) > self._clock():
            return True
        self._typing.show(conversation)
        turn = await self._talk.ask(conversation, lines)
        async with self._store.writing() as db:
            await self._leases.check(db, id, fence)
            now = await self._transcripts.get(db, id)
            if now.holder is Holder.OPERATOR:
                # Claimed while the assistant was thinking: the operator answers, not the machine.
                await self._transcripts.mark(db, [line.seq for line in lines], State.HANDLED)
            else:
                await self._talk.answer(db, now, lines, turn)
        self._bell.ring(OUTBOX, DESK, id)
        return True

    async def _until_quiet(self, id: str) -> float:
        async with self._store.reading() as db:
            lines = await self._transcripts.lines(db, id, WAITING)
        return max(0.0, self._due(lines) - self._clock()) if lines else 0.0

    def _due(self, lines: list[Line]) -> float:
        if any(line.state is State.RECEIVED for line in lines):
            return 0.0
        return min(lines[-1].at + self._pace.quiet, lines[0].at + self._pace.longest)
