from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.dispatcher import Pace
from bot.gateway import Gateway, open_gateway
from bot.model import Author, Inbound, Kind
from bot.rehearsal import NoPlatform
from bot.roster import Role
from bot.settings import Settings, load_settings
from bot.storage.tables import operators
from bot.transcript import Line
from bot.triage.rules import load_rules
from tests.fakes.assistant import FakeAssistant


@pytest.fixture(scope="session", autouse=True)
def rules_are_read_once() -> Iterator[None]:
    """Reading the lexicon takes half a second; nothing changes it between two gateways of a run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.gateway.load_rules", cache(load_rules))
        yield


@pytest.fixture
async def assistant() -> AsyncIterator[FakeAssistant]:
    fake = FakeAssistant()
    async with TestServer(fake.app()) as server:
        fake.url = str(server.make_url("")).rstrip("/")
        yield fake


@pytest.fixture
def settings(tmp_path: Path, assistant: FakeAssistant) -> Settings:
    return load_settings(
        _env_file=None, home=tmp_path, port=0, assistant_url=assistant.url, telegram_token=""
    )


@pytest.fixture
async def postgresql() -> AsyncIterator[str]:
    """A database of its own on the local server, or on the one that `CHOCHE_TEST_DATABASE_URL` names."""
    server = os.environ.get("CHOCHE_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    name = f"choche_{uuid4().hex}"
    try:
        connection = await asyncpg.connect(server)
    except OSError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip("no PostgreSQL: set CHOCHE_TEST_DATABASE_URL")
    await connection.execute(f"CREATE DATABASE {name}")
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await connection.close()


PATIENCE = 60
"""Seconds after which a test gives up waiting."""


async def eventually(condition: Callable[[], object]) -> None:
    """Wait until something outside this process or in another task has come about."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


class Clock:
    """Real time, which a test may push forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


def new_id() -> str:
    return token_urlsafe(32)


class Person:
    """Someone who writes to a gateway that runs only as far as it is asked to."""

    def __init__(self, gateway: Gateway, address: str) -> None:
        self.gateway = gateway
        self.address = address
        self._ids = (f"{address}-{number}" for number in itertools.count(1))

    async def send(self, text: str, kind: Kind = Kind.TEXT, id: str | None = None) -> int:
        inbound = Inbound("replay", self.address, id or next(self._ids), text, kind)
        return await self.gateway.inbox.accept(inbound)

    async def write(self, text: str, kind: Kind = Kind.TEXT) -> list[Line]:
        """Write and give everything said in return."""
        seq = await self.send(text, kind)
        await self.settle()
        return [line for line in await self.lines() if line.seq > seq and line.author is not Author.PERSON]

    async def settle(self) -> None:
        await self.gateway.dispatcher.drain()
        await self.gateway.delivery.drain()

    async def lines(self) -> list[Line]:
        async with self.gateway.store.reading() as db:
            conversation = await self.gateway.transcripts.begin(db, "replay", self.address)
            return await self.gateway.transcripts.lines(db, conversation.id)


Open = Callable[[], Awaitable[Gateway]]


@pytest.fixture
async def gateway(settings: Settings, clock: Clock) -> AsyncIterator[Gateway]:
    async with opened(settings, clock) as gateway:
        yield gateway


@asynccontextmanager
async def opened(settings: Settings, clock: Clock) -> AsyncIterator[Gateway]:
    async with open_gateway(settings, clock, new_id, Pace(0, 0)) as gateway:
        gateway.channels["replay"] = NoPlatform()
        yield gateway


@pytest.fixture
def person(gateway: Gateway) -> Person:
    return Person(gateway, "em")


async def add_operator(gateway: Gateway, name: str, role: Role = Role.OPERATOR) -> int:
    """Someone who is on duty from now on; gives their number."""
    await gateway.operators.invite(name)
    async with gateway.store.writing() as db:
        await db.execute(operators.update().where(operators.c.name == name).values(role=role))
        id = await db.scalar(select(operators.c.id).where(operators.c.name == name))
        assert id is not None
        await gateway.roster.heard(db, id)
    return int(id)
