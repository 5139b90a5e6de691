"""Telegram: by webhook or by long polling, and sending through the Bot API.

An update is on disk before it is acknowledged: a crash between the two repeats it, and the inbox drops the repetition.
What the Bot API demands: the reference on Telegram, sections 3 to 9.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ChatAction
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

from bot.errors import NotStoredError
from bot.model import Accept, Capabilities, Inbound, NotSent, Outbound, Outcome, Sent, Unknown
from channels.telegram_updates import NAME, ChatLeft, read
from channels.webhooks import Adapter, MalformedError, same

log = structlog.get_logger()

POLL_SECONDS = 25
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """What an administrator sets."""

    token: str = field(repr=False)
    api_base: str
    proxy: str = field(repr=False)
    webhook_url: str = ""
    """Where Telegram calls; empty for polling."""
    webhook_secret: str = field(default="", repr=False)
    operators_chat: str = ""
    private_only: str = ""
    """What is said in a group."""


class Telegram(Adapter):
    """The Telegram channel: private chats only."""

    name = NAME
    path = "/webhooks/telegram"
    capabilities = Capabilities(
        text_limit=4_096,
        buttons=12,
        pictures=True,
        caption_limit=1_024,
        typing=True,
        withdraw_seconds=48 * 3600.0,
        per_second=25.0,
    )

    def __init__(self, settings: TelegramSettings, accept: Accept, pictures: Path) -> None:
        # The token is in every address that httpx would log.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        proxy = settings.proxy or None
        self._sender = HTTPXRequest(read_timeout=15, proxy=proxy)
        self._poller = HTTPXRequest(connection_pool_size=1, read_timeout=POLL_SECONDS + 10, proxy=proxy)
        self._bot = Bot(
            settings.token,
            base_url=settings.api_base,
            request=self._sender,
            get_updates_request=self._poller,
        )
        self._settings = settings
        self._accept = accept
        self._pictures = pictures
        self._offset: int | None = None
        self._courtesies: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Receive until cancelled; troubles are waited out, a wrong token is told."""
        if self._settings.webhook_url:
            await self._repeat(self._register)
            await asyncio.Event().wait()
        await self._repeat(self._unregister)
        while True:
            await self._repeat(self._poll)

    async def close(self) -> None:
        """Let go of the connections, once nothing is sent any more: receiving may end and begin again before that."""
        await self._sender.shutdown()
        await self._poller.shutdown()

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Compare the secret that was given with the webhook; in polling mode nobody may call."""
        secret, given = self._settings.webhook_secret, headers.get(SECRET_HEADER, "")
        return bool(secret and self._settings.webhook_url) and same(secret, given)

    def parse(self, body: bytes) -> Sequence[Inbound]:
        """Give what an update brings."""
        return [inbound] if (inbound := read(_update(body))) is not None else []

    def arrived(self, body: bytes) -> None:
        """Answer a tap, so that the button stops spinning, and leave groups."""
        self._be_courteous(_update(body))

    async def send(self, outbound: Outbound) -> Outcome:
        """Send a text with its buttons, or a picture with its caption."""
        reply, markup = outbound.reply, _keyboard(outbound.reply.buttons)
        if not reply.picture:
            return await self._outcome(
                lambda: self._bot.send_message(outbound.address, reply.text, reply_markup=markup)
            )
        picture = (self._pictures / f"{reply.picture}.png").read_bytes()
        return await self._outcome(
            lambda: self._bot.send_photo(
                outbound.address, picture, caption=reply.text or None, reply_markup=markup
            )
        )

    async def withdraw(self, address: str, receipt: str) -> Outcome:
        """Delete a message, ours or theirs."""
        return await self._outcome(lambda: self._bot.delete_message(address, int(receipt)))

    async def show_typing(self, address: str) -> None:
        """Show "typing" for a few seconds."""
        await self._outcome(lambda: self._bot.send_chat_action(address, ChatAction.TYPING))

    async def _outcome(self, call: Callable[[], Awaitable[Any]]) -> Outcome:
        try:
            message = await call()
        except RetryAfter as error:
            return NotSent("flood", _seconds(error))
        except Forbidden:
            return NotSent("Forbidden", gone=True)
        except (ChatMigrated, InvalidToken, BadRequest) as error:
            return NotSent(type(error).__name__)
        except (TimedOut, NetworkError) as error:
            if isinstance(error.__cause__, NEVER_LEFT):
                return NotSent("unreachable", retry_after=5.0)
            return Unknown()
        except TelegramError as error:
            return NotSent(type(error).__name__, retry_after=5.0)
        return Sent(str(getattr(message, "message_id", "")))

    async def _repeat(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something until it succeeds once."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await work()
            except InvalidToken:
                log.error("telegram_token_wrong", setting="CHOCHE_TELEGRAM_TOKEN")
                await asyncio.Event().wait()
            except RetryAfter as error:
                pause = _seconds(error)
            except Conflict:
                log.error("telegram_conflict", reason="another program polls with this token")
                pause = LONGEST_PAUSE
            except NotStoredError:
                # Not acknowledged: Telegram gives the update again.
                log.warning("telegram_waits_for_the_database")
            except TelegramError as error:
                log.warning("telegram_unreachable", error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)

    async def _register(self) -> None:
        await self._bot.set_webhook(
            self._settings.webhook_url,
            secret_token=self._settings.webhook_secret,
            allowed_updates=UPDATES,
        )

    async def _unregister(self) -> None:
        # What waits at Telegram must not be thrown away.
        await self._bot.delete_webhook(drop_pending_updates=False)

    async def _poll(self) -> None:
        updates = await self._bot.get_updates(
            offset=self._offset, timeout=POLL_SECONDS, allowed_updates=UPDATES
        )
        for update in updates:
            if (inbound := read(update)) is not None:
                await self._accept(inbound)
            self._offset = update.update_id + 1
            self._be_courteous(update)

    def _be_courteous(self, update: Update) -> None:
        work: Awaitable[Any] | None = None
        if update.callback_query is not None:
            work = self._bot.answer_callback_query(update.callback_query.id)
        elif (group := ChatLeft.of(update, self._settings.operators_chat)) is not None:
            work = self._leave(group)
        if work is not None:
            task = asyncio.create_task(_quietly(work))
            self._courtesies.add(task)
            task.add_done_callback(self._courtesies.discard)

    async def _leave(self, group: ChatLeft) -> None:
        await self._bot.send_message(group.chat, self._settings.private_only)
        await self._bot.leave_chat(group.chat)


async def _quietly(work: Awaitable[Any]) -> None:
    try:
        await work
    except TelegramError as error:
        log.info("telegram_courtesy_failed", error=type(error).__name__)


def _update(body: bytes) -> Update:
    try:
        content = json.loads(body)
        update = Update.de_json(content, None)
    except Exception:
        # PTB raises half a dozen kinds for what lacks a field.
        raise MalformedError("no update") from None
    if not isinstance(update, Update) or not isinstance(update.update_id, int):
        raise MalformedError("no update id")
    return update


def _keyboard(buttons: tuple[str, ...]) -> InlineKeyboardMarkup | None:
    # What a tap brings back is the button's place: its label stands in the message that comes with the tap.
    rows = [[InlineKeyboardButton(text, callback_data=f"c:{place}")] for place, text in enumerate(buttons)]
    return InlineKeyboardMarkup(rows) if rows else None


def _seconds(error: RetryAfter) -> float:
    value = error.retry_after
    return float(value if isinstance(value, int) else value.total_seconds())
