"""Wake-ups: who waits on a topic hears every ring since it began to listen."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

INBOX = "inbox"
OUTBOX = "outbox"
DESK = "desk"


class Listener:
    """Hears the rings of one topic; several rings between two waits count as one."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def hear(self) -> None:
        """Note a ring."""
        self._rung.set()

    async def wait(self, timeout: float | None = None) -> bool:
        """Wait for a ring, at most `timeout` seconds; tells whether there was one."""
        # Not `wait_for`: on Python 3.11 it swallows a cancellation that comes together with a ring.
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._rung.wait()
        rung = self._rung.is_set()
        self._rung.clear()
        return rung


class Bell:
    """Rings by topic: `INBOX`, `OUTBOX`, `DESK`, or the id of a conversation."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._carriers: list[Callable[[tuple[str, ...]], None]] = []

    def also(self, carry: Callable[[tuple[str, ...]], None]) -> None:
        """Have every ring carried on, to other gateways."""
        self._carriers.append(carry)

    def ring(self, *topics: str) -> None:
        """Wake everyone who listens to these topics, in every gateway."""
        self.ring_here(*topics)
        for carry in self._carriers:
            carry(topics)

    def ring_all(self) -> None:
        """Wake everyone here: something may have been missed."""
        self.ring_here(*self._listeners)

    def ring_here(self, *topics: str) -> None:
        """Wake everyone in this gateway who listens to these topics."""
        for topic in topics:
            for listener in self._listeners.get(topic, ()):
                listener.hear()

    @contextmanager
    def listen(self, *topics: str) -> Iterator[Listener]:
        """Listen to the topics until the block ends. Begin before you read, and no ring is lost."""
        listener = Listener()
        for topic in topics:
            self._listeners[topic].add(listener)
        try:
            yield listener
        finally:
            for topic in topics:
                self._listeners[topic].discard(listener)
                if not self._listeners[topic]:
                    del self._listeners[topic]

    def listeners(self, topic: str) -> int:
        """How many listen to a topic now."""
        return len(self._listeners.get(topic, ()))
