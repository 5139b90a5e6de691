"""Zalo tells us of everything that the OA sends: what we could not see arrive may be heard of that way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

Fingerprint = tuple[str, str]
"""Address and text."""


class Echoes:
    """Waits for the echo of a message whose answer was lost. It may come before the answer would have."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._expected: dict[Fingerprint, asyncio.Future[str]] = {}
        self.heard = False
        """Whether Zalo tells us of echoes at all: it is switched on event by event."""

    @contextmanager
    def expecting(self, address: str, text: str) -> Iterator[asyncio.Future[str]]:
        """Listen for the echo of what is about to be sent."""
        future = self._expected[address, text] = asyncio.get_running_loop().create_future()
        try:
            yield future
        finally:
            self._expected.pop((address, text), None)

    def hear(self, address: str, text: str, id: str) -> None:
        """Note an echo."""
        self.heard = True
        future = self._expected.get((address, text))
        if future is not None and not future.done():
            future.set_result(id)

    async def wait(self, future: asyncio.Future[str]) -> str | None:
        """Give the message id that an echo brings; nothing where none comes in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience if self.heard else 0):
                return await future
        return None
