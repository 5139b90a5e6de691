"""The database is locked, full or gone: nobody is told that a message arrived, everybody is told whom to call."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.app import make_app
from bot.errors import NotStoredError
from bot.gateway import Gateway
from bot.model import Inbound
from bot.storage import store
from channels.last_resort import careful
from tests.bot.test_delivery import Platform

Client = TestClient  # type: ignore[type-arg]


@contextmanager
def locked(gateway: Gateway) -> Iterator[None]:
    """Another program holds the database."""
    with closing(sqlite3.connect(gateway.settings.home / "choche.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.2)


@pytest.fixture
async def client(gateway: Gateway) -> AsyncIterator[Client]:
    async with TestClient(TestServer(make_app(gateway))) as client:
        yield client


async def test_the_page_is_refused_and_told_whom_to_call_and_may_try_again(
    client: Client, gateway: Gateway
) -> None:
    token = (await (await client.post("/chat/session")).json())["token"]
    message = {"headers": {"Authorization": f"Bearer {token}"}, "json": {"id": "1", "text": "em sợ lắm"}}
    with locked(gateway):
        async with client.post("/chat/messages", **message) as response:
            assert response.status == 503
            assert "111" in (await response.json())["say"]
        async with client.get("/readyz") as response:
            assert response.status == 503
            assert "database" in " ".join((await response.json())["reasons"])
    async with client.post("/chat/messages", **message) as response:
        assert response.status == 202
    async with client.get("/readyz") as response:
        assert response.status == 200


async def test_on_a_platform_the_fixed_text_goes_out_once_for_each_message(gateway: Gateway) -> None:
    gateway.channels["small"] = platform = Platform()
    platform.capabilities = gateway.channels["replay"].capabilities
    accept = careful(gateway.inbox.accept, gateway.channels, gateway.texts.fallback)
    inbound = Inbound("small", "em", "1", "em sợ lắm")
    with locked(gateway):
        for _ in range(3):
            with pytest.raises(NotStoredError):
                await accept(inbound)
    assert platform.shown == [gateway.texts.fallback]
    await accept(inbound)
    await gateway.dispatcher.drain()
    await gateway.delivery.drain()
    assert platform.shown.count(gateway.texts.fallback) == 1
    assert len(platform.shown) > 1
