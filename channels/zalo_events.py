"""What a Zalo OA event means. Source of the shapes: reference on Zalo, section 4."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import structlog

from bot.model import Inbound, Kind
from channels.webhooks import MalformedError

log = structlog.get_logger()

NAME = "zalo_oa"
SENT = re.compile(r"(user|anonymous)_send_(?!group_)(\w+)")
KINDS = {
    "text": Kind.TEXT,
    "image": Kind.PHOTO,
    "gif": Kind.VIDEO,
    "video": Kind.VIDEO,
    "audio": Kind.VOICE,
    "sticker": Kind.STICKER,
    "file": Kind.FILE,
    "location": Kind.LOCATION,
    "business_card": Kind.CONTACT,
}
WORDLESS = (Kind.LOCATION, Kind.CONTACT, Kind.STICKER)
"""Kinds whose text is the platform's, not the person's: a place, a number, a sticker's name."""
EVENTS = {
    "follow": Kind.JOINED,
    "user_click_chatnow": Kind.JOINED,
    "unfollow": Kind.LEFT,
    "user_withdraw": Kind.WITHDREW,
}
SILENT = ("user_seen_message", "user_received_message", "user_reacted_message", "oa_reacted_message")
ANONYMOUS = "anonymous/"
SOURCE = re.compile(r"[A-Za-z0-9_-]{1,64}")
MILLISECONDS = 1e11
"""Timestamps above this are in milliseconds."""

Event = Mapping[str, Any]


def unpack(body: bytes) -> Event:
    """Give the event in a body, its numbers as the text that stands there.

    Raises:
        MalformedError: when it is no JSON object.
    """
    try:
        event = json.loads(body, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        raise MalformedError("no JSON") from None
    if not isinstance(event, dict):
        raise MalformedError("no event")
    return event


def timestamp(event: Event) -> str:
    """Give the time as it stands in the event; empty where there is none."""
    value = event.get("timestamp")
    return value if isinstance(value, str) and value.isascii() and value.isdecimal() else ""


def at(event: Event) -> float:
    """Give the time of an event in seconds since the epoch; 0 where there is none."""
    value = float(timestamp(event)[:20] or 0)
    return value / 1000 if value > MILLISECONDS else value


def read(event: Event) -> Inbound | None:
    """Give what a person sent or did, or that a human of ours answered; nothing for everything else."""
    name = _text(event.get("event_name"))
    if found := SENT.fullmatch(name):
        return _message(event, found.group(1) == "anonymous", KINDS.get(found.group(2), Kind.OTHER))
    if name in EVENTS:
        return _event(event, name)
    if name.startswith("oa_send_"):
        # Without `admin_id` it is the echo of what we sent ourselves.
        return _elsewhere(event) if _part(event, "sender").get("admin_id") else None
    if name not in SILENT:
        log.info("zalo_event_ignored", name=name[:40])
    return None


def echo(event: Event) -> tuple[str, str, str] | None:
    """Give address, text and message id of what an event says the OA itself sent."""
    if not _text(event.get("event_name")).startswith("oa_send_"):
        return None
    message = _part(event, "message")
    address = _address(event, "recipient", anonymous=_is_anonymous(event))
    return (address, _text(message.get("text")), _message_id(message)) if address else None


def recipient(address: str) -> dict[str, str]:
    """Give the recipient that an address stands for: a user, or a visitor with their conversation."""
    if not address.startswith(ANONYMOUS):
        return {"user_id": address}
    visitor, _, conversation = address.removeprefix(ANONYMOUS).partition("/")
    return {"anonymous_id": visitor, "conversation_id": conversation}


def _message(event: Event, anonymous: bool, kind: Kind) -> Inbound | None:
    message = _part(event, "message")
    text = "" if kind in WORDLESS else _text(message.get("text"))
    # A caption is text to be read; the picture itself is neither fetched nor kept.
    return _inbound(
        event, _address(event, "sender", anonymous), _message_id(message), text, Kind.TEXT if text else kind
    )


def _event(event: Event, name: str) -> Inbound | None:
    user = _id(event, "sender") or _id(event, "follower") or _text(event.get("user_id"))
    source = _text(event.get("source"))
    return _inbound(event, user, "", "", EVENTS[name], source if SOURCE.fullmatch(source) else "")


def _elsewhere(event: Event) -> Inbound | None:
    message = _part(event, "message")
    address = _address(event, "recipient", anonymous=_is_anonymous(event))
    return _inbound(event, address, _message_id(message), _text(message.get("text")), Kind.ELSEWHERE)


def _inbound(event: Event, address: str, id: str, text: str, kind: Kind, source: str = "") -> Inbound | None:
    name = _text(event.get("event_name"))
    if not address:
        log.warning("zalo_event_of_nobody", name=name[:40])
        return None
    id = id or f"{name} {timestamp(event)}"
    return Inbound(NAME, address, id, text, kind, order=at(event), source=source)


def _address(event: Event, side: str, anonymous: bool) -> str:
    id = _id(event, side)
    if not anonymous or not id:
        return id
    return f"{ANONYMOUS}{id}/{_text(_part(event, 'message').get('conversation_id'))}"


def _is_anonymous(event: Event) -> bool:
    return _text(event.get("event_name")).startswith("oa_send_anonymous_")


def _message_id(message: Event) -> str:
    return _text(message.get("msg_id")) or _text(message.get("message_id"))


def _id(event: Event, side: str) -> str:
    part = _part(event, side)
    return _text(part.get("id")) or _text(part.get("anonymous_id"))


def _part(event: Event, name: str) -> Event:
    found = event.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
