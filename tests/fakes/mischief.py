"""How a platform misbehaves: as a test tells it, or now and then by itself."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from aiohttp import web


class Trouble(StrEnum):
    """What happens to one call."""

    TOO_MANY = "told to come back later; nothing done"
    BROKEN = "an error 500; nothing done"
    BROKEN_AFTER = "done, then an error 500"
    HANGS_BEFORE = "no answer for a long time; nothing done"
    CUT_AFTER = "done, then the connection is cut"
    HANGS_AFTER = "done, then no answer for a long time"


@dataclass
class Mischief:
    """Gives the trouble of the next call: the next of `script`, otherwise one by chance."""

    chance: float = 0.0
    kinds: tuple[Trouble, ...] = (Trouble.TOO_MANY, Trouble.BROKEN, Trouble.BROKEN_AFTER, Trouble.CUT_AFTER)
    script: list[Trouble | None] = field(default_factory=list)
    random: Random = field(default_factory=lambda: Random(1))
    hang_seconds: float = 30.0

    def next(self) -> Trouble | None:
        if self.script:
            return self.script.pop(0)
        return self.random.choice(self.kinds) if self.random.random() < self.chance else None

    async def around(
        self,
        request: web.Request,
        do: Callable[[], Awaitable[web.Response]],
        too_many: Callable[[], web.Response],
    ) -> web.StreamResponse:
        """Do what a call asks for, or what the trouble makes of it."""
        trouble = self.next()
        if trouble is Trouble.TOO_MANY:
            return too_many()
        if trouble is Trouble.BROKEN:
            return web.Response(status=500, text="<html>")
        if trouble is Trouble.HANGS_BEFORE:
            await asyncio.sleep(self.hang_seconds)
            return web.Response(status=500)
        response = await do()
        if trouble is Trouble.BROKEN_AFTER:
            return web.Response(status=500, text="<html>")
        if trouble is Trouble.CUT_AFTER and request.transport:
            request.transport.abort()
        if trouble is Trouble.HANGS_AFTER:
            await asyncio.sleep(self.hang_seconds)
        return response


class PaceKept:
    """Counts calls in the last second, to everybody and to each person."""

    def __init__(self, per_second: int, per_person: int) -> None:
        self._per_second = per_second
        self._per_person = per_person
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    def too_fast(self, person: str) -> bool:
        """Note a call; tells whether there were too many."""
        everybody = self._count("") > self._per_second
        return self._count(person) > self._per_person or everybody

    def _count(self, name: str) -> int:
        now, calls = time.monotonic(), self._calls[name]
        calls.append(now)
        while calls[0] < now - 1.0:
            calls.popleft()
        return len(calls)
