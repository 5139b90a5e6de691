"""What a person gets for a message, with the assistant well, ill and absent."""

from __future__ import annotations

import asyncio

import pytest

from bot.gateway import Gateway
from bot.handoff import Closing, Refused, Taken
from bot.model import EVENTS, Author, Holder, Kind, State
from tests.conftest import Clock, Person, add_operator
from tests.fakes.assistant import GOOD, FakeAssistant

EMERGENCY = "bố đang đánh em, cứu em với"


async def operator(gateway: Gateway, name: str = "lan") -> int:
    await gateway.operators.set_password(await gateway.operators.invite(name), "mat-khau-dai")
    token = await gateway.operators.sign_in(name, "mat-khau-dai")
    assert token
    who = await gateway.operators.who(token)
    assert who
    return who.id


async def only_case(gateway: Gateway):
    async with gateway.store.reading() as db:
        [case] = await gateway.cases.list_open(db)
    return case


async def claim(gateway: Gateway, number: int, who: int) -> Taken | Refused:
    async with gateway.store.writing() as db:
        return await gateway.handoff.claim(db, number, who)


async def test_the_assistants_answer_reaches_the_person(person: Person) -> None:
    [line] = await person.write("Chào bạn")
    assert (line.text, line.buttons) == ("Câu trả lời của trợ lý.", ("Gọi 111 thì sao?",))
    assert line.state is State.SENT


async def test_the_dialogues_state_travels_with_the_turns(person: Person, assistant: FakeAssistant) -> None:
    await person.write("Chào bạn")
    await person.write("Em hỏi nữa")
    assert [turn["state"] for turn in assistant.asked] == [None, "turn"]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b'{"replies": []}',
        {**GOOD, "replies": []},
        {**GOOD, "replies": [{"text": "  ", "buttons": []}]},
        {**GOOD, "reading": {"intent": "greet", "confidence": 0.9, "urgency": "very"}},
    ],
)
async def test_garbage_from_the_assistant_becomes_the_fixed_answer(
    person: Person, assistant: FakeAssistant, answer: object
) -> None:
    assistant.answer = answer
    [line] = await person.write("Em muốn hỏi một chuyện")
    assert line.author is Author.AUTOMATIC
    assert all(number in line.text for number in ("111", "113", "114", "115"))


async def test_a_failing_assistant_becomes_the_fixed_answer(person: Person, assistant: FakeAssistant) -> None:
    assistant.status = 500
    [line] = await person.write("Em muốn hỏi một chuyện")
    assert "111" in line.text


async def test_a_hanging_assistant_becomes_the_fixed_answer(person: Person, assistant: FakeAssistant) -> None:
    assistant.hangs = True
    [line] = await person.write("Em muốn hỏi một chuyện")
    assert "111" in line.text


async def test_what_got_the_fixed_answer_is_read_again_and_may_open_a_case(
    person: Person, gateway: Gateway, assistant: FakeAssistant
) -> None:
    assistant.status = 503
    await person.write("Em muốn hỏi một chuyện")
    assistant.status = 200
    assistant.answer = {**GOOD, "reading": {"intent": "x", "confidence": 0.9, "urgency": "urgent"}}
    await gateway.dispatcher.reread()
    assert (await only_case(gateway)).state == "queue"
    said = [line.text for line in await person.lines()]
    assert "Câu trả lời của trợ lý." not in said


async def test_an_emergency_is_answered_before_the_assistant_is_asked(
    person: Person, gateway: Gateway, assistant: FakeAssistant
) -> None:
    replies = await person.write(EMERGENCY)
    assert assistant.asked == []
    assert any(line.text == gateway.texts.card for line in replies)
    case = await only_case(gateway)
    assert case.urgency.label == "emergency"
    assert case.reasons


async def test_the_person_hears_only_what_is_true_about_the_desk(gateway: Gateway) -> None:
    alone = await Person(gateway, "a").write(EMERGENCY)
    await add_operator(gateway, "lan")
    attended = await Person(gateway, "b").write(EMERGENCY)
    assert gateway.texts.queued_nobody in [line.text for line in alone]
    assert gateway.texts.queued in [line.text for line in attended]


async def test_a_reading_of_the_assistant_raises_the_urgency(
    person: Person, gateway: Gateway, assistant: FakeAssistant
) -> None:
    assistant.answer = {**GOOD, "reading": {"intent": "x", "confidence": 0.9, "urgency": "urgent"}}
    await person.write("Em muốn hỏi một chuyện")
    assert (await only_case(gateway)).urgency.label == "urgent"


async def test_a_redelivered_message_is_stored_once(person: Person) -> None:
    seqs = await asyncio.gather(*(person.send("Chào bạn", id="same") for _ in range(20)))
    await person.settle()
    assert len(set(seqs)) == 1
    assert len(await person.lines()) == 2


async def test_conversations_are_answered_side_by_side_and_each_in_order(gateway: Gateway) -> None:
    people = [Person(gateway, f"p{number}") for number in range(20)]
    await asyncio.gather(*(person.send(f"câu {turn}") for turn in range(5) for person in people))
    await gateway.dispatcher.drain()
    for person in people:
        lines = await person.lines()
        written = [line.text for line in lines if line.author is Author.PERSON]
        assert written == [f"câu {turn}" for turn in range(5)]
        assert all(line.state is State.HANDLED for line in lines if line.author is Author.PERSON)


async def test_a_burst_of_short_lines_is_read_together(person: Person, assistant: FakeAssistant) -> None:
    for text in ("chị ơi", "cho em hỏi", "về trường học"):
        await person.send(text)
    await person.settle()
    assert [turn["text"] for turn in assistant.asked] == ["chị ơi\ncho em hỏi\nvề trường học"]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.TEXT, Kind.EDIT, *EVENTS)])
async def test_what_is_not_text_gets_a_clear_answer(person: Person, gateway: Gateway, kind: Kind) -> None:
    [line] = await person.write("", kind)
    assert line.text == gateway.texts.attachment(kind)


@pytest.mark.parametrize("text", ["", "   \n", "\u200b\u202e", "\x00\x07"])
async def test_an_empty_message_gets_a_clear_answer(person: Person, text: str) -> None:
    assert await person.write(text)


@pytest.mark.parametrize("text", ["a" * 100_000, "\ud83d lẻ", "\u202eabc\u202c", "\x00\x1b[2J", "🙂" * 5_000])
async def test_odd_text_is_answered(person: Person, text: str) -> None:
    assert await person.write(text)


async def test_an_old_message_gets_one_neutral_line(
    person: Person, gateway: Gateway, clock: Clock, assistant: FakeAssistant
) -> None:
    await person.send("Em muốn hỏi một chuyện")
    clock.ahead += 700
    await person.settle()
    said = [line.text for line in await person.lines() if line.author is not Author.PERSON]
    assert said == [gateway.texts.stale]
    assert assistant.asked == []


async def test_of_many_operators_exactly_one_claims(person: Person, gateway: Gateway) -> None:
    await person.write(EMERGENCY)
    number = (await only_case(gateway)).number
    people = [await operator(gateway, name) for name in ("lan", "minh", "hoa")]
    outcomes = await asyncio.gather(*(claim(gateway, number, who) for who in people * 5))
    assert sum(isinstance(outcome, Taken) for outcome in outcomes) == 1


async def test_while_an_operator_holds_the_assistant_is_silent(
    person: Person, gateway: Gateway, assistant: FakeAssistant
) -> None:
    await person.write(EMERGENCY)
    who = await operator(gateway)
    number = (await only_case(gateway)).number
    await claim(gateway, number, who)
    assert await person.write("dạ em đây") == []
    assert assistant.asked == []
    async with gateway.store.writing() as db:
        for _ in range(2):
            await gateway.handoff.reply(db, number, who, "Chị đây.", once="same")
    await gateway.delivery.drain()
    assert [line.text for line in await person.lines() if line.author is Author.OPERATOR] == ["Chị đây."]


async def test_an_emergency_under_a_silent_operator_brings_the_card(
    person: Person, gateway: Gateway, clock: Clock
) -> None:
    await person.write(EMERGENCY)
    await claim(gateway, (await only_case(gateway)).number, await operator(gateway))
    assert await person.write(EMERGENCY) == []
    clock.ahead += 21
    async with gateway.store.writing() as db:
        assert await gateway.handoff.send_due_cards(db)
        assert not await gateway.handoff.send_due_cards(db)
    assert [line.text for line in await person.lines()][-1] == gateway.texts.card_automatic


async def test_a_closed_case_gives_the_conversation_back(person: Person, gateway: Gateway) -> None:
    await person.write(EMERGENCY)
    who, case = await operator(gateway), await only_case(gateway)
    await claim(gateway, case.number, who)
    async with gateway.store.writing() as db:
        await gateway.handoff.close(db, case.number, who, Closing("đã tư vấn xong"))
        assert (await gateway.transcripts.get(db, case.conversation)).holder is Holder.ASSISTANT
    assert "Câu trả lời của trợ lý." in [line.text for line in await person.write("cảm ơn chị")]


async def test_who_writes_erase_without_a_case_is_forgotten(person: Person, gateway: Gateway) -> None:
    await person.write("em hỏi một chuyện nhỏ")
    await person.write("xoá")
    [line] = await person.lines()
    assert (line.author, line.state) == (Author.ASSISTANT, State.SENT)
    assert "đã xóa" in line.text


async def test_with_a_case_erasing_is_a_wish_that_the_operator_sees(person: Person, gateway: Gateway) -> None:
    await person.write(EMERGENCY)
    await person.write("/xoa")
    assert any("xin xóa" in reason for reason in (await only_case(gateway)).reasons)
    assert EMERGENCY in [line.text for line in await person.lines()]


async def test_hints_add_up_to_a_case(person: Person, gateway: Gateway) -> None:
    for text in ("em sợ về nhà lắm", "em sợ về nhà lắm", "em sợ về nhà lắm"):
        await person.write(text)
    assert (await only_case(gateway)).urgency.label == "urgent"


async def test_a_joke_after_a_disclosure_leaves_the_case_open(person: Person, gateway: Gateway) -> None:
    await person.write(EMERGENCY)
    await person.write("em đùa thôi")
    assert (await only_case(gateway)).urgency.label == "emergency"


async def test_a_worry_whose_topic_is_not_recognised_is_not_sent_away(
    person: Person, gateway: Gateway, assistant: FakeAssistant
) -> None:
    assistant.answer = {**GOOD, "reading": {**GOOD["reading"], "intent": "out_of_scope"}}
    [line] = await person.write("mấy bữa nay em buồn buồn không muốn nói chuyện với ai")
    assert line.text == gateway.texts.listen
    [line] = await person.write("nấu phở bò cần mua gì")
    assert line.text == GOOD["replies"][0]["text"]


async def test_a_cry_just_before_erase_is_not_erased(person: Person, gateway: Gateway) -> None:
    await person.send(EMERGENCY)
    await person.send("xoá")
    await person.settle()
    case = await only_case(gateway)
    assert case.urgency.label == "emergency"
    assert any("xin xóa" in reason for reason in case.reasons)
    said = [line.text for line in await person.lines()]
    assert EMERGENCY in said
    assert gateway.texts.card in said


async def test_the_wish_to_erase_after_a_closed_case_reaches_an_operator(
    person: Person, gateway: Gateway
) -> None:
    await person.write(EMERGENCY)
    who, case = await operator(gateway), await only_case(gateway)
    await claim(gateway, case.number, who)
    async with gateway.store.writing() as db:
        await gateway.handoff.close(db, case.number, who, Closing("helped"))
    await person.write("xoá")
    assert any("xin xóa" in reason for reason in (await only_case(gateway)).reasons)


async def test_while_an_operator_holds_a_wish_to_erase_is_theirs_to_answer(
    person: Person, gateway: Gateway
) -> None:
    await person.write(EMERGENCY)
    await claim(gateway, (await only_case(gateway)).number, await operator(gateway))
    assert await person.write("xoá") == []
    assert any("xin xóa" in reason for reason in (await only_case(gateway)).reasons)


@pytest.mark.parametrize("typed", ["ô mai", "Ô MAI", "o mai", "omai.", "  ô  mai \n"])
async def test_the_safe_word_brings_the_help_card_and_asks_nobody(
    person: Person, gateway: Gateway, assistant: FakeAssistant, typed: str
) -> None:
    assistant.hangs = True
    [line] = await person.write(typed)
    assert line.text == gateway.texts.help_card
    assert all(number in line.text for number in ("111", "113", "114", "115"))
    assert assistant.asked == []


async def test_the_safe_word_in_a_sentence_is_a_word_like_others(
    person: Person, assistant: FakeAssistant
) -> None:
    await person.write("em thích ăn ô mai lắm")
    assert len(assistant.asked) == 1


async def test_the_safe_word_works_under_an_operator_who_sees_it(person: Person, gateway: Gateway) -> None:
    await person.write(EMERGENCY)
    await claim(gateway, (await only_case(gateway)).number, await operator(gateway))
    assert [line.text for line in await person.write("ô mai")] == [gateway.texts.help_card]
    assert any("từ an toàn" in reason for reason in (await only_case(gateway)).reasons)


async def test_what_stands_beside_the_safe_word_is_still_read(person: Person, gateway: Gateway) -> None:
    await person.send("ô mai")
    await person.send(EMERGENCY)
    await person.settle()
    said = [line.text for line in await person.lines()]
    assert gateway.texts.help_card in said
    assert gateway.texts.card in said
    assert (await only_case(gateway)).urgency.label == "emergency"


async def test_the_card_offers_to_take_it_back(person: Person, gateway: Gateway) -> None:
    [card, *_] = await person.write(EMERGENCY)
    assert card.buttons == (gateway.texts.not_so,)


@pytest.mark.parametrize(("intent", "reason"), [("wrong_reading", "hiểu nhầm"), ("joking", "đùa thôi")])
async def test_who_takes_an_alarm_back_closes_nothing_and_the_operator_hears_of_it(
    person: Person, gateway: Gateway, assistant: FakeAssistant, intent: str, reason: str
) -> None:
    await person.write(EMERGENCY)
    assistant.answer = {**GOOD, "reading": {**GOOD["reading"], "intent": intent}}
    replies = await person.write("không phải đâu ạ")
    case = await only_case(gateway)
    assert case.urgency.label == "emergency"
    assert any(reason in told for told in case.reasons)
    assert ([line.text for line in replies] == [gateway.texts.mistaken]) is (intent == "wrong_reading")


async def test_a_misreading_without_a_case_is_the_assistants_to_answer(
    person: Person, gateway: Gateway, assistant: FakeAssistant
) -> None:
    assistant.answer = {**GOOD, "reading": {**GOOD["reading"], "intent": "wrong_reading"}}
    [line] = await person.write("ý mình khác cơ")
    assert line.text == GOOD["replies"][0]["text"]
    async with gateway.store.reading() as db:
        assert await gateway.cases.list_open(db) == []


async def test_a_no_to_the_safety_question_opens_a_case_that_says_why(
    person: Person, gateway: Gateway, assistant: FakeAssistant
) -> None:
    assistant.answer = {**GOOD, "reading": {"intent": "not_safe", "confidence": 0.9, "urgency": "urgent"}}
    await person.write("không")
    case = await only_case(gateway)
    assert case.urgency.label == "urgent"
    assert any("không an toàn" in reason for reason in case.reasons)
