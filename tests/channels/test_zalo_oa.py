"""A Zalo Official Account, against Zalo's OpenAPI on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from bot.app import serving
from bot.dispatcher import Pace
from bot.gateway import Gateway, open_gateway
from bot.handoff import CaseState
from bot.model import Author, Holder, NotSent, Outbound, Outcome, Reply, Sent, State, Unknown
from bot.settings import Settings
from channels.zalo_oa import ZaloOA
from tests.channels.zalo import Account, account, with_zalo
from tests.conftest import Clock, eventually, new_id
from tests.fakes.assistant import GOOD, FakeAssistant
from tests.fakes.mischief import Trouble
from tests.fakes.zalo_oa import OA, FakeZalo

PNG = b"\x89PNG\r\n\x1a\n"
VISITOR = "anonymous/anon1/conv1"


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
        api.last_heard["em"] = clock()
        yield made


async def say(
    made: Account, text: str = "chào em", *buttons: str, to: str = "em", picture: str = ""
) -> Outcome:
    return await made.zalo.send(Outbound(1, "conversation", to, Reply(text, buttons, picture=picture)))


async def test_the_first_send_gets_a_token_and_the_next_use_it(made: Account, api: FakeZalo) -> None:
    assert await say(made) == Sent("out2")
    assert await say(made) == Sent("out3")
    assert api.spent == ["refresh-0"]
    assert [item["message"] for item in api.sent] == [{"text": "chào em"}] * 2


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (-32, NotSent("flood", 10.0)),
        (-218, NotSent("their quota", 1_800.0)),
        (-230, NotSent("window closed")),
        (-232, NotSent("window closed")),
        (-213, NotSent("zalo -213", gone=True)),
        (-227, NotSent("zalo -227", gone=True)),
        (-210, NotSent("zalo -210")),
        (-240, NotSent("zalo -240")),
        (-211, NotSent("stopped", 300.0)),
        (-224, NotSent("stopped", 300.0)),
        (-99999, NotSent("zalo -99999")),
    ],
)
async def test_a_refusal_is_a_result(made: Account, api: FakeZalo, code: int, outcome: Outcome) -> None:
    api.codes = [code]
    assert await say(made) == outcome
    assert api.sent == []
    assert ("zalo_stopped" in await made.standing()) is (outcome == NotSent("stopped", 300.0))


async def test_what_only_failed_once_is_tried_once_more(made: Account, api: FakeZalo) -> None:
    api.codes = [-200]
    assert isinstance(await say(made), Sent)
    api.codes = [-200, -200]
    assert await say(made) == NotSent("zalo -200")


async def test_too_long_is_refused_by_zalo_itself(made: Account) -> None:
    assert await say(made, "😀" * 1_001) == NotSent("zalo -210")
    assert isinstance(await say(made, "😀" * 1_000), Sent)


async def test_many_senders_with_a_dead_token_make_one_refresh(
    made: Account, api: FakeZalo, clock: Clock
) -> None:
    await say(made)
    api.access = "another"
    clock.ahead += 3_600
    outcomes = await asyncio.gather(*(say(made) for _ in range(8)))
    assert len(api.spent) == 2
    assert all(isinstance(outcome, Sent) for outcome in outcomes)


async def test_a_new_token_that_is_refused_too_is_told_and_not_replaced_for_ever(
    made: Account, api: FakeZalo
) -> None:
    await say(made)
    api.access = "another"
    for _ in range(3):
        assert await say(made) == NotSent("token", 60.0)
    assert len(api.spent) == 1
    assert await made.standing() == ["zalo_stopped"]


async def test_buttons_go_as_buttons_and_a_press_comes_back_as_their_label(
    made: Account, api: FakeZalo
) -> None:
    assert isinstance(await say(made, "Hỏi gì?", "Gọi ai?", "Là gì?" + "?" * 120), Sent)
    event = api.press("em", api.sent[0], 1)
    assert event["message"]["text"] == "Là gì?" + "?" * 120


@pytest.mark.parametrize("code", [-201, -233])
async def test_where_buttons_are_refused_the_choices_are_numbered(
    made: Account, api: FakeZalo, code: int
) -> None:
    api.codes = [code]
    assert isinstance(await say(made, "Hỏi gì?", "Gọi ai?", "Là gì?"), Sent)
    assert [item["message"] for item in api.sent] == [{"text": "Hỏi gì?\n1. Gọi ai?\n2. Là gì?"}]


async def test_a_shape_that_is_refused_without_buttons_is_final(made: Account, api: FakeZalo) -> None:
    api.codes = [-201]
    assert await say(made) == NotSent("zalo -201")


async def test_a_visitor_without_an_account_is_answered_at_the_other_address(
    made: Account, api: FakeZalo, clock: Clock
) -> None:
    api.last_heard["anon1"] = clock()
    assert isinstance(await say(made, "Hỏi gì?", "Gọi ai?", to=VISITOR), Sent)
    assert (api.sent[0]["path"], api.sent[0]["message"]["text"]) == (
        "/v2.0/oa/message",
        "Hỏi gì?\n1. Gọi ai?",
    )


async def test_a_picture_is_uploaded_once_and_again_when_zalo_has_lost_it(
    made: Account, api: FakeZalo, tmp_path: Path
) -> None:
    (tmp_path / "hand.png").write_bytes(PNG)
    for _ in range(2):
        assert isinstance(await say(made, "Bàn tay.", picture="hand"), Sent)
    assert list(api.uploads.values()) == [PNG]
    api.codes = [-100]
    assert isinstance(await say(made, "Bàn tay.", picture="hand"), Sent)
    assert list(api.uploads.values()) == [PNG, PNG]
    [element] = api.sent[-1]["message"]["attachment"]["payload"]["elements"]
    assert element == {"media_type": "image", "attachment_id": list(api.uploads)[-1]}


async def test_without_the_picture_the_words_still_go(made: Account, api: FakeZalo) -> None:
    assert isinstance(await say(made, "Bàn tay.", picture="nothing"), Sent)
    assert api.sent[0]["message"] == {"text": "Bàn tay."}


@pytest.mark.parametrize("trouble", [Trouble.CUT_AFTER, Trouble.BROKEN_AFTER])
async def test_without_echoes_a_lost_answer_is_unknown(
    made: Account, api: FakeZalo, trouble: Trouble
) -> None:
    api.mischief.script = [trouble]
    assert await say(made) == Unknown()


async def test_where_nobody_listens_it_was_surely_not_sent(
    made: Account, api: FakeZalo, tmp_path: Path, clock: Clock
) -> None:
    await say(made)
    api.base = "http://127.0.0.1:9"
    async with account(api, tmp_path, clock) as again:
        assert await say(again) == NotSent("unreachable", 5.0)


# Through the whole gateway


@pytest.fixture
async def gateway(
    api: FakeZalo, settings: Settings, clock: Clock, assistant: FakeAssistant
) -> AsyncIterator[Gateway]:
    made = open_gateway(with_zalo(settings, api), clock, new_id, Pace(0, 0))
    async with made as gateway, serving(gateway) as port:
        api.webhook = f"http://127.0.0.1:{port}{ZaloOA.path}"
        yield gateway


async def lines(gateway: Gateway, address: str = "em") -> list[tuple[Author, State, str]]:
    async with gateway.store.reading() as db:
        conversation = await gateway.transcripts.find(db, "zalo_oa", address)
        if conversation is None:
            return []
        return [
            (line.author, line.state, line.text)
            for line in await gateway.transcripts.lines(db, conversation.id)
        ]


async def test_a_message_on_zalo_is_answered_there_once_however_often_it_comes(
    api: FakeZalo, gateway: Gateway
) -> None:
    event = api.write("em", "cho em hỏi một chuyện")
    assert await api.deliver(event) == 200
    await eventually(lambda: api.sent)
    for retry in (1, 2):
        assert await api.deliver(event, retry=retry) == 200
    await gateway.dispatcher.drain()
    await gateway.delivery.drain()
    assert [item["message"]["text"] for item in api.sent] == [
        GOOD["replies"][0]["text"] + "\n1. Gọi 111 thì sao?"
    ]
    assert [author for author, _, _ in await lines(gateway)] == [Author.PERSON, Author.ASSISTANT]


async def test_a_cry_is_answered_with_the_card(api: FakeZalo, gateway: Gateway) -> None:
    await api.deliver(api.write("em", "bố đang đánh em, cứu em với"))
    await eventually(lambda: api.sent)
    assert "113" in api.sent[0]["message"]["text"]


async def test_the_webhook_answers_while_the_assistant_hangs(
    api: FakeZalo, gateway: Gateway, assistant: FakeAssistant
) -> None:
    assistant.hangs = True
    async with asyncio.timeout(2):
        assert await api.deliver(api.write("em", "cho em hỏi một chuyện")) == 200


async def test_an_echo_of_ours_is_nothing_and_it_settles_what_was_not_seen_to_arrive(
    api: FakeZalo, gateway: Gateway
) -> None:
    for number, first in enumerate((False, True, False)):
        api.echo_first = first
        api.mischief.script = [None] if not number else [Trouble.CUT_AFTER]
        await api.deliver(api.write(f"em{number}", "cho em hỏi một chuyện"))
        await eventually(lambda number=number: len(api.sent) > number)
    await gateway.delivery.drain()
    for number in range(3):
        assert [state for _, state, _ in await lines(gateway, f"em{number}")] == [State.HANDLED, State.SENT]
    assert len(api.sent) == 3


async def test_a_human_who_answers_in_zalos_own_tool_silences_the_machine(
    api: FakeZalo, gateway: Gateway
) -> None:
    await api.deliver(api.write("em", "cho em hỏi một chuyện"))
    await eventually(lambda: api.sent)
    sides = {"sender": {"id": OA, "admin_id": "7"}, "recipient": {"id": "em"}}
    await api.deliver(api.event("oa_send_text", **sides, message={"msg_id": "h1", "text": "Chị đây."}))
    await gateway.dispatcher.drain()
    async with gateway.store.reading() as db:
        conversation = await gateway.transcripts.find(db, "zalo_oa", "em")
        [case] = await gateway.cases.list_open(db)
    assert conversation
    assert (conversation.holder, case.state) == (Holder.OPERATOR, CaseState.OPERATOR)
    assert (Author.OPERATOR, State.HANDLED, "Chị đây.") in await lines(gateway)
    sent = len(api.sent)
    await api.deliver(api.write("em", "dạ em cảm ơn"))
    await gateway.dispatcher.drain()
    await gateway.delivery.drain()
    assert len(api.sent) == sent


async def test_who_follows_is_greeted_and_who_left_is_not_written_to(api: FakeZalo, gateway: Gateway) -> None:
    follower = {"follower": {"id": "em"}, "oa_id": OA}
    api.last_heard["em"] = gateway.clock()
    await api.deliver(api.event("follow", source="oa_profile", **follower))
    await eventually(lambda: api.sent)
    assert api.sent[0]["message"]["text"] == gateway.texts.welcome
    await api.deliver(api.event("unfollow", **follower))
    await gateway.dispatcher.drain()
    async with gateway.store.reading() as db:
        conversation = await gateway.transcripts.find(db, "zalo_oa", "em")
    assert conversation
    assert not conversation.reachable


async def test_who_withdraws_consent_is_erased(api: FakeZalo, gateway: Gateway) -> None:
    await api.deliver(api.write("em", "cho em hỏi một chuyện"))
    await eventually(lambda: api.sent)
    await gateway.delivery.drain()
    await api.deliver(api.event("user_withdraw", sender={"id": "em"}, recipient={"id": OA}))
    await gateway.dispatcher.drain()
    assert await lines(gateway) == []
    assert len(api.sent) == 1
