"""Whom an open case alarms, when and again, until someone acts."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.alarms.ladder import Cause, Whom, load_ladder
from bot.alarms.watch import Alarm
from bot.errors import ContentError
from bot.gateway import Gateway
from bot.handoff import Taken
from bot.model import Author, NotSent, State
from bot.roster import Role
from bot.settings import Settings
from bot.storage.tables import alarm_firings
from bot.triage.urgency import Urgency
from content.checking import CONTENT
from tests.bot.test_delivery import Platform
from tests.conftest import Clock, Person, add_operator, opened

CRY = "bố đang đánh em, cứu em với"
LADDER = load_ladder(CONTENT / "alarms.yml")


class Siren:
    """A route that remembers."""

    name = "siren"

    def __init__(self) -> None:
        self.alarms: list[Alarm] = []

    async def sound(self, alarm: Alarm) -> bool:
        self.alarms.append(alarm)
        return True

    def take(self) -> list[tuple[Cause, Whom]]:
        taken = [(alarm.cause, alarm.whom) for alarm in self.alarms]
        self.alarms.clear()
        return taken


@pytest.fixture
async def siren(gateway: Gateway) -> AsyncIterator[Siren]:
    siren = Siren()
    gateway.watch.routes.append(siren)
    yield siren


async def claim(gateway: Gateway, operator: int) -> None:
    async with gateway.store.writing() as db:
        assert isinstance(await gateway.handoff.claim(db, 1, operator), Taken)


async def test_each_step_fires_once_at_its_time_across_restarts(settings: Settings, clock: Clock) -> None:
    siren, began, told = Siren(), 0.0, []
    steps = LADDER.steps(Cause.UNCLAIMED, Urgency.EMERGENCY)
    for restart in range(3):
        async with opened(settings, clock) as gateway:
            gateway.watch.routes.append(siren)
            person = Person(gateway, "em")
            if not restart:
                await add_operator(gateway, "lan")
                await person.write(CRY)
                began = clock()
            for _ in range(60):
                await gateway.watch.look()
                told += [(round(clock() - began), alarm.whom) for alarm in siren.alarms]
                siren.alarms.clear()
                clock.ahead += 5.1
            said = [line.text for line in await person.lines()]
    assert [whom for _, whom in told] == [step.whom for step in steps if step.whom is not Whom.PERSON]
    expected = [step.after for step in steps if step.whom is not Whom.PERSON]
    assert all(0 <= at - due <= 7 for (at, _), due in zip(told, expected, strict=True))
    assert said.count(gateway.texts.nobody_free) == 1


async def test_a_claim_ends_the_alarms(person: Person, gateway: Gateway, clock: Clock, siren: Siren) -> None:
    lan = await add_operator(gateway, "lan")
    await person.write(CRY)
    await gateway.watch.look()
    assert siren.take() == [(Cause.UNCLAIMED, Whom.ON_DUTY)]
    await claim(gateway, lan)
    async with gateway.store.writing() as db:
        await gateway.handoff.reply(db, 1, lan, "Cô đây", once="1")
        clock.ahead += 40.0
        await gateway.roster.heard(db, lan)
    await gateway.watch.look()
    assert siren.take() == []


async def test_an_operator_who_says_nothing_is_reminded_then_the_supervisor_hears(
    person: Person, gateway: Gateway, clock: Clock, siren: Siren
) -> None:
    lan = await add_operator(gateway, "lan")
    await person.write(CRY)
    await claim(gateway, lan)
    seen = []
    for _ in range(60):
        async with gateway.store.writing() as db:
            await gateway.roster.heard(db, lan)
        await gateway.watch.look()
        seen += siren.take()
        clock.ahead += 5.0
    assert seen == [
        (Cause.SILENT, Whom.OPERATOR),
        (Cause.SILENT, Whom.ON_DUTY),
        (Cause.SILENT, Whom.SUPERVISORS),
    ]


async def test_danger_under_a_hold_alarms_at_once_again(
    person: Person, gateway: Gateway, siren: Siren
) -> None:
    lan = await add_operator(gateway, "lan")
    await person.write(CRY)
    await claim(gateway, lan)
    async with gateway.store.writing() as db:
        await gateway.handoff.reply(db, 1, lan, "Cô đây", once="1")
    siren.take()
    await person.write("ba cầm dao đuổi em")
    await gateway.watch.look()
    assert (Cause.DANGER_AGAIN, Whom.OPERATOR) in siren.take()


async def test_an_operator_who_is_gone_is_noticed(
    person: Person, gateway: Gateway, clock: Clock, siren: Siren
) -> None:
    lan = await add_operator(gateway, "lan")
    await person.write(CRY)
    await claim(gateway, lan)
    async with gateway.store.writing() as db:
        await gateway.handoff.reply(db, 1, lan, "Cô đây", once="1")
    clock.ahead += 130.0
    huy = await add_operator(gateway, "huy")
    await gateway.watch.look()
    [alarm] = siren.alarms
    assert (alarm.cause, alarm.operators) == (Cause.OPERATOR_GONE, (huy,))


async def test_a_reply_that_did_not_arrive_is_told_to_its_operator(gateway: Gateway, siren: Siren) -> None:
    platform = Platform()
    gateway.channels["replay"] = platform
    lan = await add_operator(gateway, "lan")
    person = Person(gateway, "em")
    await person.write(CRY)
    await claim(gateway, lan)
    await gateway.delivery.drain()
    platform.outcomes = [NotSent("BadRequest")]
    async with gateway.store.writing() as db:
        await gateway.handoff.reply(db, 1, lan, "Cô đây", once="1")
    await gateway.delivery.drain()
    assert [line.state for line in await person.lines() if line.author is Author.OPERATOR] == [State.FAILED]
    await gateway.watch.look()
    assert (Cause.UNDELIVERED, Whom.OPERATOR) in siren.take()


async def test_supervisors_are_meant_where_there_are_any(
    person: Person, gateway: Gateway, clock: Clock, siren: Siren
) -> None:
    await add_operator(gateway, "lan")
    mai = await add_operator(gateway, "mai", Role.SUPERVISOR)
    await person.write(CRY)
    clock.ahead += 125.0
    await gateway.watch.look()
    assert [alarm.operators for alarm in siren.alarms if alarm.whom is Whom.SUPERVISORS] == [(mai,)]


async def test_alarms_leave_by_an_address_and_by_a_command(
    person: Person, gateway: Gateway, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    posted: list[dict[str, object]] = []

    async def take(request: web.Request) -> web.Response:
        posted.append(await request.json())
        return web.Response()

    script, heard = tmp_path / "call", tmp_path / "heard"
    script.write_text(f"#!{sys.executable}\nimport sys\nopen({str(heard)!r}, 'w').write(sys.argv[1])\n")
    script.chmod(0o700)
    app = web.Application()
    app.router.add_post("/alarm", take)
    async with TestServer(app) as server:
        more = {"alarm_webhook": str(server.make_url("/alarm")), "alarm_command": str(script)}
        home = {"home": tmp_path / "with routes"}
        async with opened(settings.model_copy(update={**more, **home}), clock) as gateway:
            await Person(gateway, "em").write(CRY)
            await gateway.watch.look()
            async with gateway.store.reading() as db:
                firings = (await db.execute(select(alarm_firings.c.route, alarm_firings.c.went_out))).all()
    assert set(firings) == {("webhook", True), ("command", True)}
    assert (posted[0]["case"], posted[0]["urgency"]) == (1, "emergency")
    assert heard.read_text() == posted[0]["text"]
    assert "đánh" not in heard.read_text()


async def test_a_route_that_leads_nowhere_stops_no_other(
    person: Person, gateway: Gateway, siren: Siren
) -> None:
    class Broken:
        name = "broken"

        async def sound(self, alarm: Alarm) -> bool:
            raise OSError("no line")

    gateway.watch.routes.insert(0, Broken())
    await person.write(CRY)
    await gateway.watch.look()
    assert siren.take()
    async with gateway.store.reading() as db:
        rows = (await db.execute(select(alarm_firings.c.route, alarm_firings.c.went_out))).all()
    assert set(rows) == {("broken", False), ("siren", True)}


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"after": -1, "whom": "on_duty"}, "after"),
        ({"after": 0, "whom": "somebody"}, "whom"),
        ({"after": 0, "whom": "person"}, "emergency"),
    ],
)
def test_a_wrong_ladder_is_told_with_its_place(tmp_path: Path, wrong: dict[str, object], where: str) -> None:
    import yaml

    content = yaml.safe_load((CONTENT / "alarms.yml").read_text("utf-8"))
    content["unclaimed"]["emergency"][0] = wrong
    file = tmp_path / "alarms.yml"
    file.write_text(yaml.safe_dump(content), "utf-8")
    with pytest.raises(ContentError, match=where):
        load_ladder(file)
