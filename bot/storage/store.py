"""The database: opened, brought up to date, and read or written in transactions.

A SQLite file for one gateway, or PostgreSQL for any number of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import ChoCheError

BUSY_SECONDS = 10
CLOSE_SECONDS = 5
CONNECTIONS = 20
MIGRATING = 0x63686F
"""Number of the advisory lock under which one gateway at a time migrates."""


class StoreError(ChoCheError):
    """The database cannot be used."""


class Store:
    """Transactions on the database. On SQLite one writer at a time; readers never wait for it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.shared = engine.dialect.name == "postgresql"
        """Whether other gateways may be at work on the same database."""
        # Writers of one process queue here, fairly; SQLite's own waiting is a lottery.
        self._writers = asyncio.Semaphore(CONNECTIONS if self.shared else 1)
        self._in_use = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def url(self) -> str:
        """Where it is, password and all: never to be shown."""
        return self._engine.url.render_as_string(hide_password=False)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view."""
        async with self._connected() as connection:
            connection = await connection.execution_options(read_only=True)
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """All or nothing; on disk when the block ends."""
        async with self._writers, self._connected() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        connecting = asyncio.ensure_future(self._engine.connect().start())
        try:
            connection = await asyncio.shield(connecting)
        except asyncio.CancelledError:
            # The driver opens in a thread that cannot be called back: take what it gives, and close it.
            await (await connecting).close()
            raise
        self._in_use += 1
        self._idle.clear()
        try:
            yield connection
        finally:
            await connection.close()
            self._in_use -= 1
            if not self._in_use:
                self._idle.set()

    async def close(self) -> None:
        """Let go of the database, once nobody uses it any more."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._idle.wait()
        await self._engine.dispose()


async def open_store(url: str) -> Store:
    """Open the database and bring its tables up to date.

    Raises:
        StoreError: when it cannot be reached or opened, or comes from a newer release.
    """
    engine = _postgresql(url) if url.startswith("postgresql") else _sqlite(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
    except Exception as error:
        await engine.dispose()
        raise StoreError(f"the database cannot be brought up to date: {type(error).__name__}") from error
    return Store(engine)


async def insert_new(db: AsyncConnection, table: Table, values: dict[str, object]) -> None:
    """Insert a row unless one with its unique columns is there already."""
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    await db.execute(dialect.insert(table).values(values).on_conflict_do_nothing())


def migrate(connection: Connection) -> None:
    """Run the migrations that this database has not had yet."""
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATING})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


def _sqlite(url: str) -> AsyncEngine:
    file = make_url(url).database
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_async_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _postgresql(url: str) -> AsyncEngine:
    # A connection that the server closed is noticed before it is used, not by the message it would lose.
    return create_async_engine(url, pool_size=CONNECTIONS, pool_pre_ping=True, pool_timeout=BUSY_SECONDS)


def _prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: `_begin` chooses the kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    reader = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if reader else "BEGIN IMMEDIATE")
