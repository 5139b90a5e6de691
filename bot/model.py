"""The words the rooms share: what comes in, what goes out, and what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

Clock = Callable[[], float]
"""Gives seconds since the epoch."""

NewId = Callable[[], str]
"""Gives an identifier nobody can guess."""


class Kind(StrEnum):
    """What a person sent. Only text is read; of everything else the kind alone is kept."""

    TEXT = "text"
    PHOTO = "photo"
    VIDEO = "video"
    VOICE = "voice"
    STICKER = "sticker"
    FILE = "file"
    EDIT = "edit"
    OTHER = "other"


class Author(StrEnum):
    """Who a line of the transcript is from."""

    PERSON = "person"
    ASSISTANT = "assistant"
    OPERATOR = "operator"
    AUTOMATIC = "automatic"
    NOTICE = "notice"
    NOTE = "note"


class Holder(StrEnum):
    """Who answers a conversation now."""

    ASSISTANT = "assistant"
    QUEUE = "queue"
    OPERATOR = "operator"


class State(StrEnum):
    """Where a message stands: the inbox and the outbox are these words, not queues of their own."""

    RECEIVED = "received"
    TRIAGED = "triaged"
    REREAD = "reread"
    HANDLED = "handled"
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    KEPT = "kept"


WAITING = (State.RECEIVED, State.TRIAGED)


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message as a channel received it; `platform_id` is unique within its channel."""

    channel: str
    address: str
    platform_id: str
    text: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to say: a text and the canonical questions offered below it."""

    text: str
    buttons: tuple[str, ...] = ()
    author: Author = Author.ASSISTANT


@dataclass(frozen=True, slots=True)
class Outbound:
    """One reply on its way to an address."""

    seq: int
    conversation: str
    address: str
    reply: Reply = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform has it; `receipt` is the platform's name for it."""

    receipt: str = ""


@dataclass(frozen=True, slots=True)
class NotSent:
    """The platform refused. With `retry_after` seconds it may be tried again; without, never."""

    reason: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer in time: the person may or may not have it."""


Outcome = Sent | NotSent | Unknown


class Channel(Protocol):
    """A road to a person."""

    name: str
    repeatable: bool
    """Whether sending the same `seq` twice shows it once."""

    async def send(self, outbound: Outbound) -> Outcome:
        """Send one reply; expected failures are outcomes, never exceptions."""
        ...


Accept = Callable[[Inbound], Awaitable[int]]
"""Stores a message before the platform hears 200; gives its place in the transcript."""
