"""Asks the assistant for one turn, and never waits longer than promised.

The assistant keeps nothing: the dialogue's state goes in with the question and comes out with the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.model import Clock, Reply
from bot.triage.urgency import Urgency

LONGEST_ANSWER = 1_000_000
TEXT_READ = 2_000
"""Characters of a message that the assistant reads; triage has read all of it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the assistant understood."""

    intent: str
    confidence: float
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Answered:
    """A turn of the assistant."""

    replies: tuple[Reply, ...] = field(repr=False)
    reading: Reading
    memory: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """No usable turn; `reason` is one word for logs and metrics."""

    reason: str


Turn = Answered | NotAnswered


class Assistant(Protocol):
    """Whoever answers questions."""

    async def ask(self, conversation: str, text: str, memory: str | None, seconds: float) -> Turn:
        """Give a turn within `seconds`, or say why not. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an assistant answers now."""

    url: str
    secret: str = field(repr=False)


class _Reply(BaseModel):
    model_config = ConfigDict(strict=True)
    text: str = Field(min_length=1, max_length=8_000)
    buttons: list[str] = Field(default=[], max_length=12)
    image: str = Field(default="", pattern=r"^[a-z_]{0,40}$")


class _Reading(BaseModel):
    intent: str = Field(max_length=200)
    confidence: float = Field(ge=0, le=1)
    urgency: str


class _Answer(BaseModel):
    replies: list[_Reply] = Field(min_length=1, max_length=10)
    reading: _Reading
    state: str = Field(max_length=64_000)


class HttpAssistant:
    """An assistant behind HTTP, with a circuit breaker: after `FAILURES` in a row it is left alone for a while."""

    FAILURES = 3
    REST_SECONDS = 2.0

    def __init__(
        self, session: aiohttp.ClientSession, endpoint: Callable[[], Endpoint | None], clock: Clock
    ) -> None:
        self._session = session
        self._endpoint = endpoint
        self._clock = clock
        self._failures = 0
        self._rests_until = 0.0

    async def ask(self, conversation: str, text: str, memory: str | None, seconds: float) -> Turn:
        """Give a turn within `seconds`, or say why not."""
        endpoint = self._endpoint()
        if endpoint is None:
            return NotAnswered("down")
        if self._clock() < self._rests_until:
            return NotAnswered("resting")
        turn = await self._turn(endpoint, conversation, text, memory, seconds)
        self._count(turn)
        return turn

    async def _turn(
        self, endpoint: Endpoint, conversation: str, text: str, memory: str | None, seconds: float
    ) -> Turn:
        body = {"conversation": conversation, "text": text[:TEXT_READ], "state": memory}
        try:
            async with self._session.post(
                f"{endpoint.url}/turn",
                json=body,
                headers={"X-Choche-Secret": endpoint.secret},
                timeout=aiohttp.ClientTimeout(total=seconds),
            ) as response:
                if response.status == 503:
                    return NotAnswered("loading")
                if response.status != 200:
                    return NotAnswered(f"status {response.status}")
                return parse(await response.content.read(LONGEST_ANSWER))
        except TimeoutError:
            return NotAnswered("late")
        except (aiohttp.ClientError, OSError):
            return NotAnswered("unreachable")

    def _count(self, turn: Turn) -> None:
        failed = isinstance(turn, NotAnswered) and turn.reason != "loading"
        self._failures = self._failures + 1 if failed else 0
        if self._failures >= self.FAILURES:
            self._failures = 0
            self._rests_until = self._clock() + self.REST_SECONDS


def parse(body: bytes) -> Turn:
    """Read a turn as the assistant wrote it; anything unexpected is no turn."""
    try:
        answer = _Answer.model_validate_json(body)
        urgency = Urgency[answer.reading.urgency.upper()]
    except (ValidationError, KeyError):
        return NotAnswered("garbage")
    if not all(reply.text.strip() for reply in answer.replies):
        return NotAnswered("garbage")
    replies = tuple(Reply(reply.text, tuple(reply.buttons), picture=reply.image) for reply in answer.replies)
    return Answered(replies, Reading(answer.reading.intent, answer.reading.confidence, urgency), answer.state)
