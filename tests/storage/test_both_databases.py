"""What must hold on SQLite and on PostgreSQL alike, and what several gateways on one PostgreSQL owe each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import func, select, text

from bot.bell import Bell
from bot.gateway import Gateway, running
from bot.handoff import Taken
from bot.model import Author, State
from bot.settings import Settings
from bot.storage.shared import Wire, alone
from bot.storage.store import open_store
from bot.storage.tables import audit
from tests.conftest import Clock, Person, eventually, opened

CRY = "bố đang đánh em, cứu em với"
OPERATORS = 50


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgresql"))


@pytest.fixture
async def gateway(settings: Settings, clock: Clock, database: str) -> AsyncIterator[Gateway]:
    async with opened(on(settings, database), clock) as gateway:
        yield gateway


def on(settings: Settings, database: str) -> Settings:
    return settings.model_copy(
        update={"database_url": database.replace("postgresql:", "postgresql+asyncpg:")}
    )


async def test_a_cry_opens_a_case_and_is_answered(person: Person, gateway: Gateway) -> None:
    lines = await person.write(CRY)
    assert "113" in lines[0].text
    async with gateway.store.reading() as db:
        [case] = await gateway.cases.list_open(db)
    assert case.unread == 1


async def test_one_message_delivered_many_times_at_once_is_one(person: Person, gateway: Gateway) -> None:
    places = await asyncio.gather(*(person.send("em chào ạ", id="1") for _ in range(20)))
    assert len(set(places)) == 1
    assert len(await person.lines()) == 1


async def test_new_people_writing_at_once_each_get_one_conversation(gateway: Gateway) -> None:
    people = [Person(gateway, f"em {number % 5}") for number in range(25)]
    await asyncio.gather(
        *(person.send(f"tin {number}", id=str(number)) for number, person in enumerate(people))
    )
    assert [len(await Person(gateway, f"em {number}").lines()) for number in range(5)] == [5] * 5


async def test_of_fifty_operators_one_gets_the_case(person: Person, gateway: Gateway) -> None:
    await person.write(CRY)
    names = [f"truc{number}" for number in range(OPERATORS)]
    for name in names:
        await gateway.operators.invite(name)

    async def claim(operator: int) -> bool:
        async with gateway.store.writing() as db:
            return isinstance(await gateway.handoff.claim(db, 1, operator), Taken)

    results = await asyncio.gather(*(claim(number + 1) for number in range(OPERATORS)))
    assert sum(results) == 1
    async with gateway.store.reading() as db:
        count = select(func.count()).select_from(audit).where(audit.c.action == "claim")
        assert await db.scalar(count) == 1


async def test_the_tables_go_back_to_nothing_and_forth_again(database: str, tmp_path: Path) -> None:
    url = on(Settings(home=tmp_path), database).database
    store = await open_store(url)
    async with store.writing() as db:
        await db.run_sync(_down_and_up)
    await store.close()


def _down_and_up(connection: object) -> None:
    from alembic import command
    from alembic.config import Config

    import bot.storage.store as module

    config = Config()
    config.set_main_option("script_location", str(Path(module.__file__).parent))
    config.attributes["connection"] = connection
    command.downgrade(config, "base")
    command.upgrade(config, "head")


@pytest.fixture
async def gateways(
    settings: Settings, clock: Clock, postgresql: str, tmp_path: Path
) -> AsyncIterator[list[Gateway]]:
    key = tmp_path / "master.key"
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                opened(
                    on(settings, postgresql).model_copy(
                        update={"home": tmp_path / name, "master_key_file": key}
                    ),
                    clock,
                )
            )
            for name in ("a", "b")
        ]


async def test_two_gateways_share_the_work_and_nothing_is_answered_twice(gateways: list[Gateway]) -> None:
    people = [Person(gateways[number % 2], f"em {number}") for number in range(10)]
    loops = [
        {f"{name} {place}": loop for name, loop in g.loops().items()} for place, g in enumerate(gateways)
    ]
    async with running(*loops):
        for turn in range(3):
            await asyncio.gather(*(person.send(f"câu hỏi {turn}", id=str(turn)) for person in people))

        async def settled() -> bool:
            transcripts = [await person.lines() for person in people]
            done = all(line.state in (State.HANDLED, State.SENT) for lines in transcripts for line in lines)
            return done and all(
                any(line.author is Author.ASSISTANT for line in lines) for lines in transcripts
            )

        async with asyncio.timeout(60):
            while not await settled():
                await asyncio.sleep(0.05)
    for person in people:
        said = [line for line in await person.lines() if line.author is Author.ASSISTANT]
        asked = [line for line in await person.lines() if line.author is Author.PERSON]
        assert 1 <= len(said) <= len(asked)


async def test_a_ring_in_one_gateway_wakes_the_other(gateways: list[Gateway]) -> None:
    one, other = gateways
    async with running(
        {"wire a": Wire(one.store, one.bell).run, "wire b": Wire(other.store, other.bell).run}
    ):
        with other.bell.listen("conversation") as listener:
            heard = asyncio.create_task(listener.wait())
            while not heard.done():
                one.bell.ring("conversation")
                await asyncio.sleep(0.01)
            assert await heard


async def test_after_a_lost_connection_everyone_is_woken(gateways: list[Gateway], postgresql: str) -> None:
    one, _ = gateways
    async with running({"wire": Wire(one.store, one.bell).run}):
        with one.bell.listen("conversation") as listener:
            heard = asyncio.create_task(listener.wait())
            while not heard.done():
                await disconnect(postgresql, "LISTEN")
                await asyncio.sleep(0.05)
            assert await heard


async def test_what_only_one_may_do_moves_on_when_that_one_is_cut_off(
    gateways: list[Gateway], postgresql: str
) -> None:
    at_work: list[str] = []

    def work(name: str) -> object:
        async def run() -> None:
            at_work.append(name)
            await asyncio.Event().wait()

        return run

    loops = {
        name: alone(gateway.store, "the clock", work(name))  # type: ignore[arg-type]
        for name, gateway in zip("ab", gateways, strict=True)
    }
    async with running(loops):
        await eventually(lambda: at_work)
        first = at_work[0]
        while set(at_work) != {"a", "b"}:
            await disconnect(postgresql, "SELECT 1")
            await asyncio.sleep(0.05)
    assert at_work[0] == first


async def disconnect(postgresql: str, doing: str) -> None:
    """Cut the connections whose last statement began so, as a broken network does."""
    connection = await asyncpg.connect(postgresql)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid != pg_backend_pid() AND query LIKE $1",
            f"{doing}%",
        )
    finally:
        await connection.close()


async def test_a_message_survives_the_loss_of_every_connection(
    settings: Settings, clock: Clock, postgresql: str
) -> None:
    async with opened(on(settings, postgresql), clock) as gateway:
        person = Person(gateway, "em")
        await person.send("em chào ạ")
        await disconnect(postgresql, "")
        await person.settle()
        assert [line.author for line in await person.lines()] == [Author.PERSON, Author.ASSISTANT]


async def test_rings_are_carried_once(gateways: list[Gateway]) -> None:
    bell = Bell()
    carried: list[tuple[str, ...]] = []
    bell.also(carried.append)
    bell.ring("inbox")
    bell.ring_here("desk")
    assert carried == [("inbox",)]


async def test_every_commit_waits_for_the_disk(gateway: Gateway) -> None:
    async with gateway.store.writing() as db:
        if gateway.store.shared:
            assert await db.scalar(text("SHOW synchronous_commit")) == "on"
        else:
            assert await db.scalar(text("PRAGMA synchronous")) == 2
