"""How fast a channel is sent to, and when it is left alone for a while."""

from __future__ import annotations

from aiolimiter import AsyncLimiter

from bot.model import Capabilities, Clock, NotSent, Outcome, Unknown

FAILURES = 5
"""Sendings in a row that found nobody, after which a channel rests."""
REST_SECONDS = 5.0
LONGEST_REST = 120.0
DOWN = ("unreachable", "server")
"""Reasons of `NotSent` that speak of the platform, not of the message."""


class Road:
    """One channel's pace, and its circuit: while the platform is down, nothing is tried until a rest is over."""

    def __init__(self, can: Capabilities, clock: Clock) -> None:
        self._limiter = AsyncLimiter(can.per_second, 1.0)
        self._clock = clock
        self._failures = 0
        self._rest = REST_SECONDS
        self._closed_until = 0.0

    def rests_for(self) -> float:
        """Give the seconds until the channel is tried again; 0 where it is open."""
        return max(0.0, self._closed_until - self._clock())

    async def wait(self) -> None:
        """Wait until the next message may leave."""
        await self._limiter.acquire()

    def note(self, outcome: Outcome) -> None:
        """Learn from what became of a message."""
        down = isinstance(outcome, Unknown) or (isinstance(outcome, NotSent) and outcome.reason in DOWN)
        if not down:
            self._failures, self._rest = 0, REST_SECONDS
            return
        self._failures += 1
        if self._failures >= FAILURES:
            self._closed_until = self._clock() + self._rest
            self._rest = min(LONGEST_REST, 2 * self._rest)
            self._failures = FAILURES - 1
