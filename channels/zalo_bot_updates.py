"""What an update of a Zalo bot means. Source of the shapes: reference on Zalo, section 11."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import structlog

from bot.model import Inbound, Kind
from channels.webhooks import MalformedError

log = structlog.get_logger()

NAME = "zalo_bot"
KINDS = {
    "message.text.received": Kind.TEXT,
    "message.image.received": Kind.PHOTO,
    "message.sticker.received": Kind.STICKER,
    "message.voice.received": Kind.VOICE,
    "message.unsupported.received": Kind.OTHER,
}
GROUP = "GROUP"


def unpack(body: bytes) -> Mapping[str, Any]:
    """Give the update in a body, whether it stands in an envelope or by itself.

    Raises:
        MalformedError: when it is no JSON object.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedError("no JSON") from None
    if not isinstance(content, dict):
        raise MalformedError("no update")
    return _part(content, "result") or content


def read(update: Mapping[str, Any], own_id: str = "") -> Inbound | None:
    """Give what a person sent; nothing for what is not from a person in a private chat."""
    message = _part(update, "message")
    sender, chat = _part(message, "from"), _part(message, "chat")
    kind = KINDS.get(_text(update.get("event_name")))
    address, id = _text(chat.get("id")) or _text(sender.get("id")), _text(message.get("message_id"))
    if kind is None or not address or not id:
        log.info("zalo_bot_update_ignored")
        return None
    if sender.get("is_bot") is True or (own_id and _text(sender.get("id")) == own_id):
        return None
    if _text(chat.get("chat_type")).upper() == GROUP:
        return None
    text = _text(message.get("text")) or _text(message.get("caption"))
    text = text if kind in (Kind.TEXT, Kind.PHOTO) else ""
    return Inbound(NAME, address, id, text, Kind.TEXT if text else kind, order=_seconds(message.get("date")))


def _seconds(date: object) -> float:
    return date / 1000 if isinstance(date, int | float) and not isinstance(date, bool) else 0.0


def _part(tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = tree.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""
