"""A bot of the Zalo Bot Platform: by webhook, or for trials by polling.

Polling acknowledges nothing: what Zalo has handed out is gone when we die before it is on disk, and two programs that
poll share the messages between them. Source: reference on Zalo, section 11.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog

from bot.model import Accept, Capabilities, Inbound, NotSent, Outbound, Outcome, Sent, Unknown
from bot.notices import Notices
from channels.calls import Answer, Silence, call
from channels.webhooks import Adapter, same
from channels.zalo_bot_updates import NAME, read, unpack

log = structlog.get_logger()

SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105
NOTICE = "zalo_bot_token"
POLL_SECONDS = 30
SHORTEST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
NO_TOKEN = (401, 404)
NOTHING_NEW = 408
LATER = {429: ("flood", 120.0), 403: ("server", 5.0)}
"""403 is what Zalo calls an error of its own; no answer says when to come back."""


@dataclass(frozen=True, slots=True)
class ZaloBotSettings:
    """What an administrator sets."""

    token: str = field(repr=False)
    api_base: str
    webhook_url: str = ""
    """Where Zalo calls; empty for polling."""
    webhook_secret: str = field(default="", repr=False)
    pictures_url: str = ""
    """Where everybody can fetch our pictures; without it none are sent."""


class ZaloBot(Adapter):
    """The bot's channel: private chats only, choices as numbers."""

    name = NAME
    path = "/webhooks/zalo-bot"

    def __init__(
        self, settings: ZaloBotSettings, client: httpx.AsyncClient, accept: Accept, notices: Notices
    ) -> None:
        # The token is in every address that httpx would log.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self.capabilities = Capabilities(
            text_limit=2_000, pictures=bool(settings.pictures_url), caption_limit=2_000, typing=True
        )
        self._settings = settings
        self._client = client
        self._accept = accept
        self._notices = notices
        self._own_id = ""

    async def run(self) -> None:
        """Receive until cancelled; troubles are waited out, a wrong token is told."""
        await self._until_done(self._learn_own_id)
        if self._settings.webhook_url:
            await self._until_done(self._register)
            await asyncio.Event().wait()
        log.warning("zalo_bot_polling", reason="acknowledges nothing: for trials only")
        await self._until_done(self._unregister)
        pause = SHORTEST_PAUSE
        while True:
            pause = SHORTEST_PAUSE if await self._poll() else min(2 * pause, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Compare the secret that was given with the webhook; in polling mode nobody may call."""
        secret = self._settings.webhook_secret
        return bool(secret and self._settings.webhook_url) and same(secret, headers.get(SECRET_HEADER, ""))

    def parse(self, body: bytes) -> Sequence[Inbound]:
        """Give what an update brings."""
        return [inbound] if (inbound := read(unpack(body), self._own_id)) is not None else []

    def arrived(self, body: bytes) -> None:
        """Nothing is owed to Zalo for an update."""

    async def send(self, outbound: Outbound) -> Outcome:
        """Send a text, or a picture with its caption."""
        chat, reply = outbound.address, outbound.reply
        if not reply.picture:
            return await self._outcome(await self._call("sendMessage", chat_id=chat, text=reply.text))
        photo = f"{self._settings.pictures_url}/{reply.picture}.png"
        return await self._outcome(
            await self._call("sendPhoto", chat_id=chat, photo=photo, caption=reply.text)
        )

    async def show_typing(self, address: str) -> None:
        """Show "typing" for a few seconds."""
        await self._call("sendChatAction", chat_id=address, action="typing")

    async def _outcome(self, answer: Answer | Silence) -> Outcome:
        if answer is Silence.NEVER_LEFT:
            return NotSent("unreachable", retry_after=5.0)
        code = _code(answer)
        if isinstance(answer, Silence) or code >= 500 or code == NOTHING_NEW:
            return Unknown()
        if code == 0:
            await self._notices.settle(NOTICE)
            return Sent(str(answer.part("result").get("message_id", "")))
        log.warning("zalo_bot_refused", code=code)
        if code in NO_TOKEN:
            await self._notices.tell(NOTICE)
            return NotSent("token", retry_after=300.0)
        reason, seconds = LATER.get(code, (f"zalo {code}", None))
        return NotSent(reason, retry_after=seconds)

    async def _poll(self) -> bool:
        """Fetch one update; tells whether Zalo was there."""
        timeout = httpx.Timeout(POLL_SECONDS + 10.0, connect=5.0)
        answer = await self._call("getUpdates", timeout_=timeout, timeout=str(POLL_SECONDS))
        if isinstance(answer, Silence) or (code := _code(answer)) not in (0, NOTHING_NEW):
            log.warning("zalo_bot_unreachable", code=0 if isinstance(answer, Silence) else code)
            return False
        if code == 0 and (inbound := read(answer.part("result"), self._own_id)) is not None:
            await self._accept(inbound)
        return True

    async def _learn_own_id(self) -> Answer | Silence:
        answer = await self._call("getMe")
        if isinstance(answer, Answer):
            self._own_id = str(answer.part("result").get("id", ""))
        return answer

    async def _register(self) -> Answer | Silence:
        return await self._call(
            "setWebhook", url=self._settings.webhook_url, secret_token=self._settings.webhook_secret
        )

    async def _unregister(self) -> Answer | Silence:
        return await self._call("deleteWebhook")

    async def _until_done(self, work: Callable[[], Awaitable[Answer | Silence]]) -> None:
        """Ask for something until it is granted; a refusal that will not change is told, and waited out too."""
        pause = SHORTEST_PAUSE
        while isinstance(answer := await work(), Silence) or (code := _code(answer)):
            if isinstance(answer, Answer) and code in NO_TOKEN:
                await self._notices.tell(NOTICE)
            log.warning("zalo_bot_not_ready", step=work.__name__.strip("_"))
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _call(
        self, method: str, timeout_: httpx.Timeout | None = None, **arguments: Any
    ) -> Answer | Silence:
        url = f"{self._settings.api_base}{self._settings.token}/{method}"
        more = {"timeout": timeout_} if timeout_ else {}
        return await call(self._client, url, json=arguments, **more)


def _code(answer: Answer | Silence) -> int:
    """Give the error of an answer, 0 where there is none: "ok" is said in the body."""
    if isinstance(answer, Silence):
        return 0
    if answer.body.get("ok") is True:
        return 0
    return answer.number("error_code") or (answer.status if answer.status >= 400 else 500)
