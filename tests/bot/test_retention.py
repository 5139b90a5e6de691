"""What is kept how long: words go with their key when their time is up, figures stay."""

from __future__ import annotations

from bot.gateway import Gateway
from bot.handoff import Closing, Taken
from tests.conftest import Clock, Person, add_operator

CRY = "bố đang đánh em, cứu em với"
DAY = 86_400.0


async def test_a_conversation_without_a_case_goes_after_its_time_and_not_before(
    person: Person, gateway: Gateway, clock: Clock
) -> None:
    await person.write("em chào ạ")
    clock.ahead += 29 * DAY
    assert await gateway.retention.enforce() == 0
    clock.ahead += 2 * DAY
    assert await gateway.retention.enforce() == 1
    assert await person.lines() == []


async def test_an_open_case_is_kept_however_old(person: Person, gateway: Gateway, clock: Clock) -> None:
    await person.write(CRY)
    clock.ahead += 800 * DAY
    assert await gateway.retention.enforce() == 0
    assert (await person.lines())[0].text == CRY


async def test_of_a_closed_case_the_figures_stay_and_can_still_be_read(
    person: Person, gateway: Gateway, clock: Clock
) -> None:
    lan = await add_operator(gateway, "lan")
    await person.write(CRY)
    async with gateway.store.writing() as db:
        assert await gateway.handoff.claim(db, 1, lan) == Taken()
        assert await gateway.handoff.close(db, 1, lan, Closing("đã tư vấn")) == Taken()
    clock.ahead += 364 * DAY
    assert await gateway.retention.enforce() == 0
    clock.ahead += 2 * DAY
    assert await gateway.retention.enforce() == 1
    async with gateway.store.reading() as db:
        case = await gateway.cases.get(db, 1)
        assert case and (case.closing.outcome, case.reasons) == ("đã tư vấn", ())
        assert (await gateway.transcripts.get(db, case.conversation)).address == ""
        assert await gateway.transcripts.lines(db, case.conversation) == []
        assert (await gateway.audit.verify(db)).broken_at is None
    await person.write("em chào ạ")
    assert (await person.lines())[0].text == "em chào ạ"
