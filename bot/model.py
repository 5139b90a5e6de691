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
    """What a person sent or did. Only text is read; of everything else the kind alone is kept."""

    TEXT = "text"
    PHOTO = "photo"
    VIDEO = "video"
    VOICE = "voice"
    STICKER = "sticker"
    FILE = "file"
    LOCATION = "location"
    CONTACT = "contact"
    EDIT = "edit"
    OTHER = "other"
    JOINED = "joined"
    """Began to follow, or pressed "start": said hello without a word."""
    LEFT = "left"
    """Blocked us or asked us to stop: nothing is sent until they write again."""
    WITHDREW = "withdrew"
    """Withdrew consent on the platform: the same wish as "xoá"."""
    ELSEWHERE = "elsewhere"
    """A human of ours answered with the platform's own tool: what they wrote is in the text."""


EVENTS = (Kind.JOINED, Kind.LEFT, Kind.WITHDREW, Kind.ELSEWHERE)
"""Kinds that are no message to be answered."""


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
    """One message as a channel received it; `platform_id` is unique within its channel and address.

    `order` is the platform's own place or time of it: what waits together is read in this order. `receipt` is the name
    under which the platform can take it back, `means` what a command stands for, `source` the link that led here.
    """

    channel: str
    address: str
    platform_id: str
    text: str = field(repr=False)
    kind: Kind = Kind.TEXT
    order: float = 0.0
    receipt: str = ""
    means: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to say: a text, the canonical questions offered below it, and the name of a picture above it."""

    text: str = field(repr=False)
    buttons: tuple[str, ...] = field(default=(), repr=False)
    author: Author = Author.ASSISTANT
    picture: str = ""


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
    """The platform refused. With `retry_after` seconds it may be tried again; without, never.

    `gone`: the person has left, nothing reaches them until they write again.
    """

    reason: str
    retry_after: float | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer in time: the person may or may not have it."""


Outcome = Sent | NotSent | Unknown


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do. Shared code asks these, never the channel's name."""

    text_limit: int
    """UTF-16 units of one message."""
    buttons: int = 0
    """Buttons below one message; where there are too many or none at all, the choices are numbered in the text."""
    pictures: bool = False
    caption_limit: int = 0
    """UTF-16 units of the text that may go with a picture."""
    typing: bool = False
    withdraw_seconds: float = 0.0
    """Age up to which a message can be taken back on the person's screen."""
    reply_window: float | None = None
    """Seconds after the person's last message in which they can be written to."""
    per_second: float = 15.0
    """Messages a second to everybody together."""
    burst: int = 3
    """Messages to one person at once; after that one a second."""
    repeatable: bool = False
    """Whether sending the same `seq` twice shows it once."""


HERE = Capabilities(
    text_limit=100_000,
    buttons=12,
    pictures=True,
    caption_limit=100_000,
    per_second=10_000,
    burst=10_000,
    repeatable=True,
)
"""What a page or a terminal of ours can do: no platform stands between it and the person."""


class Channel(Protocol):
    """A road to a person. Expected failures are outcomes, never exceptions."""

    name: str
    capabilities: Capabilities

    async def send(self, outbound: Outbound) -> Outcome:
        """Send one reply that fits the capabilities."""
        ...

    async def withdraw(self, address: str, receipt: str) -> Outcome:
        """Take back a message, ours or theirs, so that nobody finds it on their screen."""
        return NotSent("impossible")

    async def show_typing(self, address: str) -> None:
        """Show that an answer is being prepared; whether it arrives does not matter."""
        return


Accept = Callable[[Inbound], Awaitable[int]]
"""Stores a message before the platform hears 200; gives its place in the transcript."""

Jitter = Callable[[], float]
"""Gives a number from 0 to 1, so that retries do not come in step."""
