"""The life of a case between operators: claimed, handed over, taken back, closed, reopened; and the trail it leaves."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from bot.gateway import Gateway
from bot.handoff import Case, CaseState, Closing, Refused, Taken
from bot.model import Author, Holder
from bot.storage.tables import audit, cases, operators
from tests.conftest import Clock, Person, add_operator

CRY = "bố đang đánh em, cứu em với"


async def only_case(gateway: Gateway) -> Case:
    async with gateway.store.reading() as db:
        [case] = await gateway.cases.list_open(db)
    return case


async def do(gateway: Gateway, action: str, *arguments: object) -> Taken | Refused:
    async with gateway.store.writing() as db:
        result: Taken | Refused = await getattr(gateway.handoff, action)(db, *arguments)
    return result


@pytest.fixture
async def lan(gateway: Gateway, person: Person) -> int:
    """Someone on duty who has taken the case of someone who cried for help."""
    lan = await add_operator(gateway, "lan")
    await person.write(CRY)
    assert await do(gateway, "claim", 1, lan) == Taken()
    return lan


async def test_who_comes_second_is_told_who_has_it(gateway: Gateway, lan: int) -> None:
    huy = await add_operator(gateway, "huy")
    outcome = await do(gateway, "claim", 1, huy)
    assert isinstance(outcome, Refused)
    assert "lan" in outcome.reason


async def test_a_case_is_handed_to_a_colleague_and_taken_back_before_they_answer(
    gateway: Gateway, lan: int
) -> None:
    huy = await add_operator(gateway, "huy")
    assert await do(gateway, "hand_over", 1, lan, huy) == Taken()
    assert (await only_case(gateway)).operator == "huy"
    assert isinstance(await do(gateway, "reply", 1, lan, "Cô đây", "1"), Refused)
    assert await do(gateway, "take_back", 1, lan) == Taken()
    assert (await only_case(gateway)).operator == "lan"


async def test_what_a_colleague_has_answered_cannot_be_taken_back(gateway: Gateway, lan: int) -> None:
    huy = await add_operator(gateway, "huy")
    await do(gateway, "hand_over", 1, lan, huy)
    await do(gateway, "reply", 1, huy, "Chú đây", "1")
    assert isinstance(await do(gateway, "take_back", 1, lan), Refused)


async def test_nobody_is_handed_a_case_who_is_not_on_duty(gateway: Gateway, lan: int, clock: Clock) -> None:
    huy = await add_operator(gateway, "huy")
    clock.ahead += 120.0
    assert isinstance(await do(gateway, "hand_over", 1, lan, huy), Refused)
    assert (await only_case(gateway)).operator == "lan"


async def test_a_case_put_back_into_the_queue_is_free_and_the_person_is_answered(
    gateway: Gateway, lan: int, person: Person
) -> None:
    assert await do(gateway, "hand_over", 1, lan, None) == Taken()
    case = await only_case(gateway)
    assert (case.state, case.operator) == (CaseState.QUEUE, None)
    replies = await person.write("em phải làm gì bây giờ")
    assert any(line.author is Author.ASSISTANT for line in replies)


async def test_who_is_full_takes_emergencies_only(gateway: Gateway) -> None:
    lan = await add_operator(gateway, "lan")
    async with gateway.store.writing() as db:
        await db.execute(update(operators).values(capacity=0))
    await Person(gateway, "a").write("cho em gặp người thật")
    await Person(gateway, "b").write(CRY)
    assert isinstance(await do(gateway, "claim", 1, lan), Refused)
    assert await do(gateway, "claim", 2, lan) == Taken()


async def test_after_a_hard_case_comes_a_pause(gateway: Gateway, lan: int, clock: Clock) -> None:
    await do(gateway, "close", 1, lan, Closing("đã chuyển 111", pause=True))
    await Person(gateway, "b").write("cho em gặp người thật")
    assert isinstance(await do(gateway, "claim", 2, lan), Refused)
    clock.ahead += 700.0
    assert await do(gateway, "claim", 2, lan) == Taken()


async def test_who_comes_back_in_need_within_three_days_finds_their_operator(
    gateway: Gateway, lan: int, person: Person, clock: Clock
) -> None:
    await do(gateway, "close", 1, lan, Closing("đã tư vấn"))
    clock.ahead += 71 * 3600.0
    async with gateway.store.writing() as db:
        await gateway.roster.heard(db, lan)
    await person.write(CRY)
    case = await only_case(gateway)
    assert (case.number, case.state, case.operator) == (1, CaseState.OPERATOR, "lan")
    assert gateway.texts.desk.reason_back in case.reasons


async def test_where_that_operator_is_not_on_duty_the_case_waits_for_anyone(
    gateway: Gateway, lan: int, person: Person, clock: Clock
) -> None:
    await do(gateway, "close", 1, lan, Closing("đã tư vấn"))
    clock.ahead += 3600.0
    await person.write(CRY)
    case = await only_case(gateway)
    assert (case.number, case.state, case.operator) == (1, CaseState.QUEUE, None)


async def test_after_three_days_it_is_a_new_case(
    gateway: Gateway, lan: int, person: Person, clock: Clock
) -> None:
    await do(gateway, "close", 1, lan, Closing("đã tư vấn"))
    clock.ahead += 73 * 3600.0
    await person.write(CRY)
    assert (await only_case(gateway)).number == 2


async def test_a_thank_you_after_closing_reopens_nothing(gateway: Gateway, lan: int, person: Person) -> None:
    await do(gateway, "close", 1, lan, Closing("đã tư vấn"))
    await person.write("em cảm ơn cô ạ")
    async with gateway.store.reading() as db:
        assert await gateway.cases.list_open(db) == []
        assert await db.scalar(select(cases.c.outcome)) == "đã tư vấn"


async def test_an_answer_from_elsewhere_silences_the_assistant_and_leaves_the_case_to_be_claimed(
    gateway: Gateway, person: Person
) -> None:
    from bot.model import Inbound, Kind

    huy = await add_operator(gateway, "huy")
    await person.write("em chào ạ")
    await gateway.inbox.accept(Inbound("replay", "em", "echo", "Chào em, cô là tư vấn viên", Kind.ELSEWHERE))
    await person.settle()
    assert await person.write("em muốn hỏi một chuyện") == []
    async with gateway.store.reading() as db:
        conversation = await gateway.transcripts.find(db, "replay", "em")
    assert conversation and conversation.holder is Holder.OPERATOR
    assert await do(gateway, "claim", 1, huy) == Taken()


async def test_the_trail_is_whole_until_somebody_touches_it(gateway: Gateway, lan: int) -> None:
    await do(gateway, "reply", 1, lan, "Cô đây", "1")
    await do(gateway, "close", 1, lan, Closing("đã tư vấn"))
    async with gateway.store.writing() as db:
        rows = (await db.execute(select(audit.c.id, audit.c.action).order_by(audit.c.id))).all()
        assert [row.action for row in rows] == ["claim", "reply", "close"]
        assert (await gateway.audit.verify(db)).broken_at is None
        await db.execute(update(audit).where(audit.c.id == rows[1].id).values(action="read"))
        assert (await gateway.audit.verify(db)).broken_at == rows[1].id


async def test_a_row_taken_out_of_the_trail_is_missed(gateway: Gateway, lan: int) -> None:
    await do(gateway, "reply", 1, lan, "Cô đây", "1")
    await do(gateway, "close", 1, lan, Closing("đã tư vấn"))
    async with gateway.store.writing() as db:
        await db.execute(audit.delete().where(audit.c.action == "reply"))
        assert (await gateway.audit.verify(db)).broken_at is not None
