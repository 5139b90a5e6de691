"""What a Telegram update means: a message, a tap on a button, a beginning, an end."""

from __future__ import annotations

import re
from dataclasses import dataclass

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.model import Inbound, Kind

NAME = "telegram"
KINDS = {
    "photo": Kind.PHOTO,
    "video": Kind.VIDEO,
    "video_note": Kind.VIDEO,
    "animation": Kind.VIDEO,
    "voice": Kind.VOICE,
    "audio": Kind.VOICE,
    "sticker": Kind.STICKER,
    "document": Kind.FILE,
    "location": Kind.LOCATION,
    "venue": Kind.LOCATION,
    "contact": Kind.CONTACT,
}
SERVICE = (
    "new_chat_members",
    "left_chat_member",
    "pinned_message",
    "message_auto_delete_timer_changed",
    "write_access_allowed",
    "chat_background_set",
)
"""Messages that no person wrote."""
HELP = "Bạn giúp được gì?"
_COMMAND = re.compile(r"/(start|help|stop)(?:@\w+)?(?:\s+([A-Za-z0-9_-]{1,64}))?\s*", re.IGNORECASE)
IN_GROUP = (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class ChatLeft:
    """A group that took us in: we do not stay."""

    chat: int

    @classmethod
    def of(cls, update: Update, operators_chat: str) -> ChatLeft | None:
        """Give the group that an update says we were taken into, unless it is the operators' own."""
        change = update.my_chat_member
        if change is None or change.chat.type == ChatType.PRIVATE or str(change.chat.id) == operators_chat:
            return None
        return cls(change.chat.id) if change.new_chat_member.status in IN_GROUP else None


def read(update: Update) -> Inbound | None:
    """Give what a person sent or did; nothing for what is not from a person in a private chat."""
    if update.callback_query is not None:
        return _tap(update, update.callback_query)
    if update.my_chat_member is not None:
        return _blocked(update)
    message = update.message or update.edited_message
    if message is None or message.chat.type != ChatType.PRIVATE:
        return None
    if (message.from_user and message.from_user.is_bot) or any(getattr(message, name) for name in SERVICE):
        return None
    return _message(update, message)


def _message(update: Update, message: Message) -> Inbound:
    text = message.text or message.caption or ""
    kind, means, source = _kind(update, message), "", ""
    if command := _COMMAND.fullmatch(text):
        name = command.group(1).lower()
        kind = {"start": Kind.JOINED, "stop": Kind.LEFT}.get(name, kind)
        means, source = (HELP if name == "help" else ""), command.group(2) or ""
    return Inbound(
        NAME,
        str(message.chat.id),
        str(update.update_id),
        text,
        kind,
        order=update.update_id,
        receipt=str(message.message_id),
        means=means,
        source=source,
    )


def _tap(update: Update, query: CallbackQuery) -> Inbound | None:
    """The label of the button that was tapped, as if it had been written."""
    markup = getattr(query.message, "reply_markup", None)
    labels = [button.text for row in markup.inline_keyboard for button in row] if markup else []
    place = (query.data or "").removeprefix("c:")
    if query.message is None or query.message.chat.type != ChatType.PRIVATE:
        return None
    if not place.isdecimal() or int(place) >= len(labels):
        return None
    chat = str(query.message.chat.id)
    return Inbound(NAME, chat, str(update.update_id), labels[int(place)], order=update.update_id)


def _blocked(update: Update) -> Inbound | None:
    change = update.my_chat_member
    if change is None or change.chat.type != ChatType.PRIVATE:
        return None
    if change.new_chat_member.status != ChatMemberStatus.BANNED:
        return None
    return Inbound(NAME, str(change.chat.id), str(update.update_id), "", Kind.LEFT, order=update.update_id)


def _kind(update: Update, message: Message) -> Kind:
    if update.edited_message is not None:
        return Kind.EDIT
    # A caption is text to be read; the picture itself is neither fetched nor kept.
    if message.text is not None or message.caption:
        return Kind.TEXT
    for attribute, kind in KINDS.items():
        if getattr(message, attribute, None):
            return kind
    return Kind.OTHER
