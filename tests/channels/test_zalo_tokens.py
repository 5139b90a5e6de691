"""The pair of tokens: whatever dies and whenever, no refresh token is spent twice without need, and a human is told."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import text

from bot.model import NotSent, Outbound, Reply
from bot.storage.store import open_store
from channels.zalo_consent import PATH
from channels.zalo_oa import ZaloOA
from channels.zalo_oauth import challenge
from tests.channels.zalo import ZALO, Account, account
from tests.conftest import PATIENCE, Clock, eventually
from tests.fakes.assistant import FakeAssistant
from tests.fakes.mischief import Trouble
from tests.fakes.zalo_oa import FakeZalo
from tests.server import ROOT, Served, served

DAY = 24 * 3600.0
CONSENT = ["zalo_consent"]


@pytest.fixture
async def api() -> AsyncIterator[FakeZalo]:
    fake = FakeZalo()
    async with TestServer(fake.app()) as server:
        fake.base = str(server.make_url("")).rstrip("/")
        yield fake
        await fake.close()


@pytest.fixture
async def made(api: FakeZalo, tmp_path: Path, clock: Clock) -> AsyncIterator[Account]:
    async with account(api, tmp_path, clock) as made:
        yield made


def test_the_challenge_is_as_in_the_reference() -> None:
    verifier = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
    assert challenge(verifier) == "RqIZl4LIgn8KxW9QO-nTnv7pf0CnNrksx9fF-CXP2FE"


async def test_the_pair_is_replaced_hours_before_it_ends(made: Account, api: FakeZalo, clock: Clock) -> None:
    for hours, count in ((0, 1), (18, 1), (4, 2), (1, 2)):
        clock.ahead += hours * 3600.0
        await made.tokens.look()
        assert len(api.spent) == count
    assert await made.tokens.current() == api.access
    assert len(set(api.spent)) == len(api.spent)


async def test_the_seed_is_taken_once_and_a_new_one_again(
    api: FakeZalo, tmp_path: Path, clock: Clock
) -> None:
    for _ in range(2):
        async with account(api, tmp_path, clock) as made:
            assert await made.tokens.current() == api.access
    assert api.spent == ["refresh-0"]
    api.refresh = "by hand"
    async with account(api, tmp_path, clock, seed="by hand") as made:
        assert await made.tokens.current() == api.access
    assert api.spent == ["refresh-0", "by hand"]


async def test_nothing_about_tokens_is_readable_on_disk(made: Account, api: FakeZalo, tmp_path: Path) -> None:
    await made.tokens.current()
    written = b"".join(file.read_bytes() for file in tmp_path.glob("zalo.db*"))
    for secret in (api.access, api.refresh, "refresh-0"):
        assert secret.encode() not in written
    assert api.access not in repr(await made.tokens.kept())


async def test_at_once_or_in_a_row_one_refresh_is_made(made: Account, api: FakeZalo) -> None:
    assert set(await asyncio.gather(*(made.tokens.current() for _ in range(20)))) == {api.access}
    assert api.spent == ["refresh-0"]


async def test_two_gateways_on_one_database_make_one_refresh(
    api: FakeZalo, tmp_path: Path, clock: Clock, postgresql: str
) -> None:
    store = await open_store(postgresql.replace("postgresql:", "postgresql+asyncpg:"))
    both = [Account(api, store, tmp_path, clock) for _ in range(2)]
    await both[0].tokens.sow()
    try:
        tokens = await asyncio.gather(*(one.tokens.current() for one in both for _ in range(5)))
    finally:
        for one in both:
            await one.client.aclose()
        await store.close()
    assert set(tokens) == {api.access}
    assert api.spent == ["refresh-0"]


async def test_whoever_stops_waiting_does_not_stop_the_refresh(made: Account, api: FakeZalo) -> None:
    waiting = asyncio.create_task(made.tokens.current())
    await eventually(lambda: api.oauth_calls)
    waiting.cancel()
    await asyncio.wait({waiting})
    assert await made.tokens.current() == api.access
    assert api.spent == ["refresh-0"]


@pytest.mark.parametrize("trouble", [Trouble.TOO_MANY])
async def test_told_to_come_later_nothing_is_lost(made: Account, api: FakeZalo, trouble: Trouble) -> None:
    api.oauth_mischief.script = [trouble]
    assert await made.tokens.current() is None
    assert await made.tokens.current() == api.access
    assert await made.standing() == []


async def test_a_failure_that_spent_nothing_is_tried_once_more(made: Account, api: FakeZalo) -> None:
    api.oauth_mischief.script = [Trouble.BROKEN]
    assert await made.tokens.current() == api.access
    assert api.spent == ["refresh-0"]


@pytest.mark.parametrize("trouble", [Trouble.CUT_AFTER, Trouble.BROKEN_AFTER])
async def test_an_answer_that_was_lost_ends_with_a_human_and_never_with_a_third_try(
    made: Account, api: FakeZalo, trouble: Trouble
) -> None:
    api.oauth_mischief.script = [trouble]
    for _ in range(3):
        assert await made.tokens.current() is None
        await made.tokens.look()
    assert api.spent == ["refresh-0", "refresh-0"]
    assert await made.standing() == CONSENT


async def test_a_failure_at_each_of_two_tries_ends_with_a_human(made: Account, api: FakeZalo) -> None:
    api.oauth_mischief.script = [Trouble.BROKEN, Trouble.BROKEN, Trouble.BROKEN]
    await made.tokens.look()
    await made.tokens.look()
    assert api.oauth_calls == 2
    assert await made.standing() == CONSENT


async def test_while_a_human_is_awaited_the_old_token_is_used_as_long_as_it_lives(
    made: Account, api: FakeZalo, clock: Clock
) -> None:
    old = await made.tokens.current()
    clock.ahead += 22 * 3600.0
    api.refresh = "spent by somebody else"
    await made.tokens.look()
    assert await made.standing() == CONSENT
    assert await made.tokens.current() == old
    clock.ahead += 4 * 3600.0
    assert await made.tokens.current() is None


async def test_a_disk_that_is_full_keeps_the_new_pair_from_being_used_until_it_is_kept(
    made: Account, api: FakeZalo
) -> None:
    async with made.store.writing() as db:
        await db.execute(
            text(
                "CREATE TRIGGER full BEFORE UPDATE ON zalo_tokens WHEN NEW.version > OLD.version "
                "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
        )
    waiting = asyncio.create_task(made.tokens.current())
    await eventually(lambda: api.access)
    assert not waiting.done()
    async with made.store.writing() as db:
        await db.execute(text("DROP TRIGGER full"))
    assert await waiting == api.access
    assert api.spent == ["refresh-0"]


async def test_a_disk_that_takes_no_beginning_lets_nothing_be_spent(made: Account, api: FakeZalo) -> None:
    async with made.store.writing() as db:
        await db.execute(
            text(
                "CREATE TRIGGER full BEFORE UPDATE ON zalo_tokens WHEN NEW.attempts > OLD.attempts "
                "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
        )
    message = Outbound(1, "conversation", "em", Reply("chào em"))
    assert await made.zalo.send(message) == NotSent("unreachable", 5.0)
    assert api.oauth_calls == 0


async def test_consent_brings_a_new_pair_once(made: Account, api: FakeZalo) -> None:
    api.refresh = "spent by somebody else"
    await made.tokens.look()
    assert await made.standing() == CONSENT
    back = api.consent(await made.consent.ask())
    assert not await made.consent.take("another state", back["code"])
    address = f"https://choche.example.vn/webhooks/zalo-oa/consent?code={back['code']}&state={back['state']}"
    assert await made.consent.take_address(address)
    assert not await made.consent.take_address(address)
    assert await made.standing() == []
    assert await made.tokens.current() == api.access


async def test_consent_that_comes_too_late_is_none(made: Account, api: FakeZalo, clock: Clock) -> None:
    back = api.consent(await made.consent.ask())
    clock.ahead += 2_000
    assert not await made.consent.take(back["state"], back["code"])
    assert api.spent == []


# A process that is killed


def settings(api: FakeZalo, assistant: FakeAssistant) -> dict[str, str]:
    bases = {"CHOCHE_ZALO_OA_API_BASE": api.base, "CHOCHE_ZALO_OA_OAUTH_BASE": api.base}
    return {**ZALO, **bases, "CHOCHE_ASSISTANT_URL": assistant.url}


async def until_noticed(server: Served) -> None:
    async with asyncio.timeout(PATIENCE):
        while "zalo_consent" not in (await server.get("/readyz"))["reasons"]:
            await asyncio.sleep(0.05)


async def figures(server: Served) -> str:
    async with server.session.get(f"{server.url}/metrics") as response:
        return str(await response.text())


async def test_killed_between_answer_and_commit_a_human_is_told_and_messages_are_still_kept(
    tmp_path: Path, api: FakeZalo, assistant: FakeAssistant
) -> None:
    api.hold = asyncio.Event()
    async with served(tmp_path, **settings(api, assistant)) as server:
        await eventually(lambda: api.spent)
        await server.kill()
    api.hold.set()
    assert api.spent == ["refresh-0"]
    async with served(tmp_path, **settings(api, assistant)) as server:
        await until_noticed(server)
        assert api.spent == ["refresh-0", "refresh-0"]
        api.webhook = f"{server.url}{ZaloOA.path}"
        assert await api.deliver(api.write("em", "cho em hỏi một chuyện")) == 200
        async with asyncio.timeout(PATIENCE):
            while 'choche_messages{channel="zalo_oa",state="handled"} 1.0' not in await figures(server):
                await asyncio.sleep(0.05)
        assert api.spent == ["refresh-0", "refresh-0"]
        back = api.consent(await asked_for_consent(tmp_path, settings(api, assistant)))
        for status in (200, 400):
            async with server.session.get(f"{server.url}{PATH}", params=back) as response:
                assert response.status == status
        assert "zalo_consent" not in (await server.get("/readyz"))["reasons"]


async def asked_for_consent(home: Path, settings: dict[str, str]) -> str:
    """Give the address that `choche zalo consent` prints, while a gateway runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot.cli", "zalo", "consent"),
        env={**os.environ, "CHOCHE_HOME": str(home), **settings},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate()
    return told.decode().strip()


async def test_killed_before_zalo_was_asked_the_token_is_spent_once(
    tmp_path: Path, api: FakeZalo, assistant: FakeAssistant
) -> None:
    api.oauth_mischief.script = [Trouble.HANGS_BEFORE]
    async with served(tmp_path, **settings(api, assistant)) as server:
        await eventually(lambda: api.oauth_calls)
        await server.kill()
    async with served(tmp_path, **settings(api, assistant)) as server:
        await eventually(lambda: api.access)
        api.webhook = f"{server.url}{ZaloOA.path}"
        assert await api.deliver(api.write("em", "cho em hỏi một chuyện")) == 200
        await eventually(lambda: api.sent)
        assert "zalo_consent" not in (await server.get("/readyz"))["reasons"]
    assert api.spent == ["refresh-0"]
