"""Several gateways on one PostgreSQL: rings that reach them all, and work that only one of them does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from zlib import crc32

import asyncpg
import structlog

from bot.bell import Bell
from bot.storage.store import Store

log = structlog.get_logger()

CHANNEL = "choche"
RETRY_SECONDS = 2.0
LONGEST_NOTICE = 7_000
"""Bytes of one NOTIFY: PostgreSQL takes 8,000."""


class Wire:
    """Carries a bell's rings to the other gateways and back, by LISTEN and NOTIFY."""

    def __init__(self, store: Store, bell: Bell) -> None:
        self._store = store
        self._bell = bell
        self._rung: set[str] = set()
        self._wake = asyncio.Event()
        bell.also(self._note)

    async def run(self) -> None:
        """Carry rings until cancelled. With a lost connection rings may be lost: then everyone is woken."""
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._carry()
            log.warning("wire_lost")
            await asyncio.sleep(RETRY_SECONDS)
            self._bell.ring_all()

    async def _carry(self) -> None:
        async with _connected(self._store) as connection:
            own = str(connection.get_server_pid())
            await connection.add_listener(CHANNEL, lambda *notice: self._heard(own, notice[3]))
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(RETRY_SECONDS):
                        await self._wake.wait()
                self._wake.clear()
                await connection.execute("SELECT 1")
                topics, self._rung = self._rung, set()
                for message in _messages(own, topics):
                    await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, message)

    def _note(self, topics: tuple[str, ...]) -> None:
        self._rung.update(topics)
        self._wake.set()

    def _heard(self, own: str, message: object) -> None:
        sender, *topics = str(message).split("\n")
        if sender != own:
            self._bell.ring_here(*topics)


def alone(store: Store, name: str, work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """Give work that runs in one gateway at a time, under an advisory lock; where there is one gateway, just runs."""
    return work if not store.shared else lambda: _alone(store, name, work)


async def _alone(store: Store, name: str, work: Callable[[], Awaitable[None]]) -> None:
    number = crc32(name.encode())
    while True:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            async with _connected(store) as connection:
                await connection.execute("SELECT pg_advisory_lock($1)", number)
                await _while_locked(connection, work)
                return
        await asyncio.sleep(RETRY_SECONDS)


async def _while_locked(connection: asyncpg.Connection, work: Callable[[], Awaitable[None]]) -> None:
    """Work until the lock's connection is lost: then another gateway has the lock."""
    task = asyncio.ensure_future(work())
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=RETRY_SECONDS)
            await connection.execute("SELECT 1")
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def _connected(store: Store) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(store.url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        connection.terminate()


def _messages(own: str, topics: set[str]) -> list[str]:
    messages, size = [[own]], 0
    for topic in topics:
        if size + len(topic) > LONGEST_NOTICE:
            messages.append([own])
            size = 0
        messages[-1].append(topic)
        size += len(topic) + 1
    return ["\n".join(message) for message in messages if len(message) > 1]
