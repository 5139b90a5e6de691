"""What leaves the outbox: in order, in parts that fit, marked where it is not certain, never twice."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway import Gateway
from bot.model import (
    Author,
    Capabilities,
    Channel,
    Inbound,
    Kind,
    NotSent,
    Outbound,
    Outcome,
    Reply,
    Sent,
    State,
    Unknown,
)
from bot.rendering import chosen, render, split, units
from bot.transcript import Line
from tests.conftest import Clock

SMALL = Capabilities(text_limit=40, per_second=1_000, burst=1_000)


@dataclass
class Platform(Channel):
    """A platform that answers as it is told, and succeeds when it is told nothing."""

    capabilities: Capabilities = SMALL
    name: str = "small"
    outcomes: list[Outcome] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    taken_back: list[tuple[str, str]] = field(default_factory=list)

    async def send(self, outbound: Outbound) -> Outcome:
        assert units(outbound.reply.text) <= self.capabilities.text_limit
        outcome = self.outcomes.pop(0) if self.outcomes else Sent(f"m{len(self.shown)}")
        if not isinstance(outcome, NotSent):
            self.shown.append(outbound.reply.text)
        return outcome

    async def withdraw(self, address: str, receipt: str) -> Outcome:
        self.taken_back.append((address, receipt))
        return Sent()


@pytest.fixture
async def platform(gateway: Gateway) -> AsyncIterator[Platform]:
    platform = Platform()
    gateway.channels["small"] = platform
    yield platform


async def say(gateway: Gateway, *texts: str, buttons: tuple[str, ...] = ()) -> None:
    await gateway.inbox.accept(Inbound("small", "em", "1", "", Kind.STICKER))
    async with gateway.store.writing() as db:
        conversation = await gateway.transcripts.begin(db, "small", "em")
        await gateway.transcripts.mark(db, [1], State.HANDLED)
        await gateway.transcripts.say(db, conversation, [Reply(text, buttons) for text in texts])


async def replies(gateway: Gateway) -> list[Line]:
    async with gateway.store.reading() as db:
        conversation = await gateway.transcripts.find(db, "small", "em")
        assert conversation
        lines = await gateway.transcripts.lines(db, conversation.id)
    return [line for line in lines if line.author is not Author.PERSON]


LONG = "Một câu vừa đủ dài để đi. Câu thứ hai cũng thế mà thôi. Câu cuối có số 111."
PARTS = ["Một câu vừa đủ dài để đi.", "Câu thứ hai cũng thế mà thôi.", "Câu cuối có số 111."]


async def test_a_long_answer_goes_in_parts_that_end_with_a_sentence(
    gateway: Gateway, platform: Platform
) -> None:
    await say(gateway, LONG)
    await gateway.delivery.drain()
    assert platform.shown == PARTS
    assert [line.state for line in await replies(gateway)] == [State.SENT]


async def test_a_part_that_was_refused_is_tried_again_without_the_parts_before_it(
    gateway: Gateway, platform: Platform, clock: Clock
) -> None:
    platform.outcomes = [Sent("a"), NotSent("flood", 7.0)]
    await say(gateway, LONG, "Và sau đó.")
    await gateway.delivery.drain()
    assert platform.shown == PARTS[:1]
    clock.ahead += 8.0
    await gateway.delivery.drain()
    assert platform.shown == [*PARTS, "Và sau đó."]


async def test_a_part_that_may_have_arrived_is_not_repeated_and_the_rest_still_goes(
    gateway: Gateway, platform: Platform
) -> None:
    platform.outcomes = [Sent("a"), Unknown()]
    await say(gateway, LONG)
    await gateway.delivery.drain()
    assert platform.shown == PARTS
    assert [line.state for line in await replies(gateway)] == [State.UNKNOWN]


async def test_who_left_is_not_written_to_until_they_write_again(
    gateway: Gateway, platform: Platform
) -> None:
    platform.outcomes = [NotSent("blocked", gone=True)]
    await say(gateway, "Một.", "Hai.")
    await gateway.delivery.drain()
    await gateway.delivery.drain()
    assert platform.shown == []
    assert [line.failure for line in await replies(gateway)] == ["blocked", "left"]
    await gateway.inbox.accept(Inbound("small", "em", "2", "", Kind.PHOTO))
    await gateway.dispatcher.drain()
    await gateway.delivery.drain()
    assert platform.shown


async def test_a_platform_that_is_down_is_left_alone_and_nothing_is_lost(
    gateway: Gateway, platform: Platform, clock: Clock
) -> None:
    platform.outcomes = [NotSent("unreachable", 1.0)] * 8
    await say(gateway, "Một.")
    while platform.outcomes:
        clock.ahead += 130.0
        await gateway.delivery.drain()
    clock.ahead += 130.0
    await gateway.delivery.drain()
    assert platform.shown == ["Một."]


async def test_where_the_reply_window_is_closed_nothing_is_tried(gateway: Gateway, clock: Clock) -> None:
    platform = Platform(Capabilities(text_limit=40, reply_window=1_800.0))
    gateway.channels["small"] = platform
    await gateway.inbox.accept(Inbound("small", "em", "1", "", Kind.STICKER))
    clock.ahead += 2_000.0
    await say(gateway, "Một.")
    await gateway.delivery.drain()
    assert platform.shown == []
    assert [line.failure for line in await replies(gateway)] == ["window closed"]


async def test_an_erased_conversation_is_taken_back_on_the_screen_too(gateway: Gateway) -> None:
    platform = Platform(Capabilities(text_limit=400, withdraw_seconds=1_000, per_second=1_000, burst=1_000))
    gateway.channels["small"] = platform
    await gateway.inbox.accept(Inbound("small", "em", "1", "", Kind.STICKER, receipt="theirs"))
    await gateway.dispatcher.drain()
    await gateway.delivery.drain()
    await gateway.inbox.accept(Inbound("small", "em", "2", "xoá", receipt="wish"))
    await gateway.dispatcher.drain()
    await gateway.delivery.drain()
    assert platform.taken_back == [("em", "theirs"), ("em", "m0"), ("em", "wish")]


async def test_a_number_stands_for_the_choice_that_was_offered(gateway: Gateway, platform: Platform) -> None:
    await say(gateway, "Hỏi gì?", buttons=("Gọi ai?", "Là gì?"))
    await gateway.delivery.drain()
    assert platform.shown == ["Hỏi gì?\n1. Gọi ai?\n2. Là gì?"]
    await gateway.inbox.accept(Inbound("small", "em", "2", "số 2"))
    await gateway.inbox.accept(Inbound("small", "em", "3", "1"))
    async with gateway.store.reading() as db:
        conversation = await gateway.transcripts.find(db, "small", "em")
        assert conversation
        lines = await gateway.transcripts.lines(db, conversation.id, [State.RECEIVED])
    assert [(line.text, line.words) for line in lines] == [("số 2", "Là gì?"), ("1", "1")]


async def test_what_waits_together_is_read_in_the_platforms_order(gateway: Gateway) -> None:
    for id, order in (("b", 2.0), ("a", 1.0), ("c", 3.0)):
        await gateway.inbox.accept(Inbound("small", "em", id, id, order=order))
    async with gateway.store.reading() as db:
        conversation = await gateway.transcripts.find(db, "small", "em")
        assert conversation
        lines = await gateway.transcripts.lines(db, conversation.id, [State.RECEIVED])
    assert [line.text for line in lines] == ["a", "b", "c"]


@given(st.text(max_size=300), st.integers(4, 60))
def test_any_text_is_split_without_losing_a_character(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(units(part) <= limit for part in parts)
    whole = unicodedata.normalize("NFC", text)
    assert "".join("".join(parts).split()) == "".join(whole.split())


def test_an_emoji_at_the_cut_stays_whole() -> None:
    family = "👨\u200d👩\u200d👧"
    text = "a" * 37 + family
    assert split(text, 40) == ["a" * 37, family]


def test_twelve_choices_where_there_are_five_buttons_are_numbered() -> None:
    reply = Reply("Chọn nhé.", tuple(f"Câu {number}" for number in range(12)))
    [part] = render(reply, Capabilities(text_limit=2_000, buttons=5))
    assert part.buttons == ()
    assert part.text.splitlines()[-1] == "12. Câu 11"
    assert chosen("12", reply.buttons) == "Câu 11"
    assert chosen("13", reply.buttons) is None


def test_a_picture_goes_first_and_its_words_below_it_if_they_fit() -> None:
    can = Capabilities(text_limit=2_000, pictures=True, caption_limit=20)
    assert [(part.picture, part.text) for part in render(Reply("Ngắn.", picture="p"), can)] == [
        ("p", "Ngắn.")
    ]
    long = "Một câu dài hơn hai mươi chữ cái."
    assert [(part.picture, part.text) for part in render(Reply(long, picture="p"), can)] == [
        ("p", ""),
        ("", long),
    ]
