"""Telegram by long polling, and sending through the Bot API.

An update is on disk before the next request acknowledges it, so a crash between the two repeats it and the
inbox drops the repetition. Buttons are an ordinary keyboard: a tap sends its text as a message.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx
import structlog
from telegram import Bot, Message, ReplyKeyboardMarkup, ReplyKeyboardRemove, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from bot.model import Accept, Inbound, Kind, NotSent, Outbound, Outcome, Sent, Unknown

log = structlog.get_logger()

NAME = "telegram"
LONGEST = 4_096
"""UTF-16 units of one text: Telegram's limit, counted in the stricter of the two ways reported."""
POLL_SECONDS = 25
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
UPDATES = ["message", "edited_message", "my_chat_member"]
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
KINDS = {
    "photo": Kind.PHOTO,
    "video": Kind.VIDEO,
    "video_note": Kind.VIDEO,
    "animation": Kind.VIDEO,
    "voice": Kind.VOICE,
    "audio": Kind.VOICE,
    "sticker": Kind.STICKER,
    "document": Kind.FILE,
}


class Telegram:
    """The Telegram channel: private chats only."""

    name = NAME
    repeatable = False

    def __init__(self, token: str, api_base: str, proxy: str, accept: Accept) -> None:
        # The token is in every address that httpx would log.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._sender = HTTPXRequest(read_timeout=15, proxy=proxy or None)
        self._poller = HTTPXRequest(
            connection_pool_size=1, read_timeout=POLL_SECONDS + 10, proxy=proxy or None
        )
        self._bot = Bot(token, base_url=api_base, request=self._sender, get_updates_request=self._poller)
        self._accept = accept
        self._offset: int | None = None

    async def run(self) -> None:
        """Receive until cancelled; troubles are waited out, a wrong token is told."""
        try:
            await self._receive()
        finally:
            await self._sender.shutdown()
            await self._poller.shutdown()

    async def send(self, outbound: Outbound) -> Outcome:
        """Send one reply, in parts where it is long; only the last part carries the buttons."""
        parts = split(outbound.reply.text)
        for part in parts[:-1]:
            outcome = await self._send(outbound.address, part, None)
            if not isinstance(outcome, Sent):
                # Trying again would send the parts before it twice.
                return outcome if part is parts[0] else Unknown()
        outcome = await self._send(outbound.address, parts[-1], _keyboard(outbound.reply.buttons))
        return outcome if len(parts) == 1 or isinstance(outcome, Sent) else Unknown()

    async def _receive(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._poll()
                pause = FIRST_PAUSE
                continue
            except InvalidToken:
                log.error("telegram_token_wrong", setting="CHOCHE_TELEGRAM_TOKEN")
                await asyncio.Event().wait()
            except RetryAfter as error:
                pause = _seconds(error)
            except Conflict:
                log.error("telegram_conflict", reason="another program polls with this token")
                pause = LONGEST_PAUSE
            except TelegramError as error:
                log.warning("telegram_unreachable", error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)

    async def _send(self, address: str, text: str, markup: Any) -> Outcome:
        try:
            message = await self._bot.send_message(address, text, reply_markup=markup)
        except RetryAfter as error:
            return NotSent("flood", _seconds(error))
        except (Forbidden, ChatMigrated, InvalidToken, BadRequest) as error:
            return NotSent(type(error).__name__)
        except (TimedOut, NetworkError) as error:
            if isinstance(error.__cause__, NEVER_LEFT):
                return NotSent("unreachable", retry_after=5.0)
            return Unknown()
        except TelegramError as error:
            return NotSent(type(error).__name__, retry_after=5.0)
        return Sent(str(message.message_id))

    async def _poll(self) -> None:
        updates = await self._bot.get_updates(
            offset=self._offset, timeout=POLL_SECONDS, allowed_updates=UPDATES
        )
        for update in updates:
            if (inbound := read(update)) is not None:
                await self._accept(inbound)
            self._offset = update.update_id + 1


def read(update: Update) -> Inbound | None:
    """Give what a person sent, or nothing for what is not from a person in a private chat."""
    message = update.message or update.edited_message
    if message is None or message.chat.type != "private" or (message.from_user and message.from_user.is_bot):
        return None
    text = message.text or message.caption or ""
    if text == "/start" or text.startswith("/start "):
        text = "xin chào"
    return Inbound(NAME, str(message.chat.id), str(update.update_id), text, _kind(update, message))


def split(text: str) -> list[str]:
    """Cut a text into parts that Telegram takes, at line ends or spaces where there are any."""
    parts = []
    while _units(text) > LONGEST:
        end = LONGEST // 2
        while end < len(text) and _units(text[: end + 1]) <= LONGEST:
            end += 1
        cut = max(text.rfind("\n", 0, end), text.rfind(" ", 0, end))
        cut = cut if cut > 0 else end
        parts.append(text[:cut])
        text = text[cut:].lstrip()
    return [*parts, text]


def _kind(update: Update, message: Message) -> Kind:
    if update.edited_message is not None:
        return Kind.EDIT
    if message.text is not None:
        return Kind.TEXT
    # A caption is text to be read; the picture itself is neither fetched nor kept.
    if message.caption:
        return Kind.TEXT
    for attribute, kind in KINDS.items():
        if getattr(message, attribute, None):
            return kind
    return Kind.OTHER


def _keyboard(buttons: tuple[str, ...]) -> Any:
    if not buttons:
        return ReplyKeyboardRemove()
    return ReplyKeyboardMarkup([[text] for text in buttons], resize_keyboard=True, one_time_keyboard=True)


def _seconds(error: RetryAfter) -> float:
    value = error.retry_after
    return float(value if isinstance(value, int) else value.total_seconds())


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
