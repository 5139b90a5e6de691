"""A Zalo Official Account: events by webhook, answers through the OpenAPI v3.

What Zalo demands: the reference on Zalo, sections 2 to 7. An event is on disk before Zalo hears "200"; what Zalo
delivers again within three hours is known by its message id, and what is older is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.model import Capabilities, Clock, Inbound, NotSent, Outbound, Outcome, Reply, Sent, Unknown
from bot.notices import Notices
from bot.rendering import render
from channels.calls import Answer, Silence, call
from channels.webhooks import Adapter, MalformedError
from channels.zalo_answers import FAILED_ONCE, FORMAT, NO_TOKEN, STALE_PICTURE, TOKEN, code_of, outcome_of
from channels.zalo_echoes import Echoes
from channels.zalo_events import ANONYMOUS, NAME, at, echo, read, recipient, timestamp, unpack
from channels.zalo_signature import HEADER, is_signed
from channels.zalo_tokens import Tokens

log = structlog.get_logger()

OLDEST_SECONDS = 3 * 3600.0
"""Zalo delivers again for two hours at most, with the same time: what is older is a replay."""
DAY = 24 * 3600.0
PICTURE_SECONDS = 6 * DAY
"""An uploaded picture is gone after seven days."""
BUTTONS = 5
NOTICE = "zalo_stopped"


@dataclass(frozen=True, slots=True)
class ZaloSettings:
    """What an administrator sets."""

    app_id: str
    secret_key: str = field(repr=False)
    """The OA's secret key, of the webhook page: not the app's."""
    api_base: str
    buttons: bool = False
    """Buttons work, but no document promises them."""
    echo_seconds: float = 4.0
    """How long the echo of a message whose answer was lost is waited for."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A picture that Zalo has."""

    id: str
    at: float


class ZaloOA(Adapter):
    """The Official Account channel."""

    name = NAME
    path = "/webhooks/zalo-oa"

    def __init__(
        self,
        settings: ZaloSettings,
        client: httpx.AsyncClient,
        tokens: Tokens,
        notices: Notices,
        pictures: Path,
        clock: Clock,
    ) -> None:
        self.capabilities = Capabilities(
            text_limit=2_000,
            buttons=BUTTONS if settings.buttons else 0,
            pictures=True,
            caption_limit=2_000,
            reply_window=7 * DAY,
            per_second=15.0,
        )
        self._settings = settings
        self._client = client
        self._tokens = tokens
        self._notices = notices
        self._pictures = pictures
        self._clock = clock
        self._echoes = Echoes(settings.echo_seconds)
        self._uploaded: dict[str, Uploaded] = {}
        self._buttons_refused = False

    async def run(self) -> None:
        """Keep the tokens fresh until cancelled."""
        await self._tokens.run()

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Check the signature over the raw bytes, whose app it is, and that it is no replay."""
        own = self._settings.app_id
        try:
            event = unpack(body)
        except MalformedError:
            return False
        if event.get("app_id", own) != own or not (time := timestamp(event)):
            return False
        if not is_signed(headers.get(HEADER, ""), own, body, time, self._settings.secret_key):
            return False
        return self._clock() - at(event) <= OLDEST_SECONDS

    def parse(self, body: bytes) -> Sequence[Inbound]:
        """Give what an event brings."""
        return [inbound] if (inbound := read(unpack(body))) is not None else []

    def arrived(self, body: bytes) -> None:
        """Hear the echo of what we sent."""
        if found := echo(unpack(body)):
            self._echoes.hear(*found)

    async def send(self, outbound: Outbound) -> Outcome:
        """Send a text with its buttons, or a picture with its caption; what has no place there goes as plain text."""
        address, reply = outbound.address, outbound.reply
        if address.startswith(ANONYMOUS):
            return await self._send_plain(address, reply)
        if reply.picture:
            return await self._send_picture(address, reply)
        if not reply.buttons:
            return await self._send_text(address, reply.text)
        return await self._send_buttons(address, reply)

    async def _send_text(self, address: str, text: str) -> Outcome:
        answer = await self._post(address, {"text": text})
        return await self._outcome(answer)

    async def _send_plain(self, address: str, reply: Reply) -> Outcome:
        """Send the choices as numbers; where they need a second message, the first is not repeated for its sake."""
        plain = render(replace(reply, picture=""), replace(self.capabilities, buttons=0))
        for place, part in enumerate(plain):
            if not part.text:
                return Sent()
            outcome = await self._send_text(address, part.text)
            if not isinstance(outcome, Sent):
                return outcome if place == 0 else Unknown()
        return outcome

    async def _send_buttons(self, address: str, reply: Reply) -> Outcome:
        if self._buttons_refused:
            return await self._send_plain(address, reply)
        attachment = {"type": "template", "payload": {"buttons": [_button(label) for label in reply.buttons]}}
        answer = await self._post(address, {"text": reply.text, "attachment": attachment})
        if code_of(answer) not in FORMAT:
            return await self._outcome(answer)
        log.warning("zalo_buttons_refused", code=code_of(answer))
        self._buttons_refused = True
        return await self._send_plain(address, reply)

    async def _send_picture(self, address: str, reply: Reply) -> Outcome:
        for fresh in (False, True):
            picture = await self._picture(reply.picture, fresh)
            if picture is None:
                # The words matter more than the picture.
                return await self._send_text(address, reply.text) if reply.text else Sent()
            answer = await self._post(address, _with_picture(reply.text, picture))
            if code_of(answer) not in STALE_PICTURE:
                break
        return await self._outcome(answer)

    async def _picture(self, name: str, fresh: bool) -> str | None:
        """Give the id under which Zalo has a picture, uploaded now if it must be."""
        known = self._uploaded.get(name)
        if known and not fresh and self._clock() - known.at < PICTURE_SECONDS:
            return known.id
        file = self._pictures / f"{name}.png"
        if not file.is_file():
            return None
        content = await asyncio.to_thread(file.read_bytes)
        files = {"file": (file.name, content, "image/png")}
        answer = await self._call("/v2.0/oa/upload/image", files=files)
        id = answer.part("data").get("attachment_id") if isinstance(answer, Answer) else None
        if not isinstance(id, str):
            log.warning("zalo_upload_failed", code=code_of(answer))
            return None
        self._uploaded[name] = Uploaded(id, self._clock())
        return id

    async def _post(self, address: str, message: Mapping[str, Any]) -> Answer | Silence:
        """Send one message; where Zalo's answer is lost, its echo may say that it arrived."""
        version = "v2.0/oa/message" if address.startswith(ANONYMOUS) else "v3.0/oa/message/cs"
        body = {"recipient": recipient(address), "message": message}
        with self._echoes.expecting(address, str(message["text"])) as sent:
            answer = await self._call(f"/{version}", json=body)
            if code_of(answer) == FAILED_ONCE:
                answer = await self._call(f"/{version}", json=body)
            if not _is_unclear(answer) or (id := await self._echoes.wait(sent)) is None:
                return answer
        return Answer(200, {"error": 0, "data": {"message_id": id}})

    async def _call(self, path: str, **request: Any) -> Answer | Silence:
        """Call the OpenAPI. Where the store does not give a token, nothing was sent."""
        try:
            return await self._call_with_tokens(path, **request)
        except SQLAlchemyError as error:
            log.error("zalo_no_token", error=type(error).__name__)
            return Silence.NEVER_LEFT

    async def _call_with_tokens(self, path: str, **request: Any) -> Answer | Silence:
        """Call with the token that is good now; one that is refused is replaced once."""
        token = await self._tokens.current()
        if token is None:
            return NO_TOKEN
        answer = await self._call_with(token, path, **request)
        if code_of(answer) in TOKEN and (token := await self._tokens.instead_of(token)) is not None:
            answer = await self._call_with(token, path, **request)
        return answer

    async def _call_with(self, token: str, path: str, **request: Any) -> Answer | Silence:
        url = f"{self._settings.api_base}{path}"
        return await call(self._client, url, headers={"access_token": token}, **request)

    async def _outcome(self, answer: Answer | Silence) -> Outcome:
        outcome = outcome_of(answer, self._echoes.heard)
        if isinstance(outcome, NotSent):
            log.warning("zalo_refused", reason=outcome.reason, code=code_of(answer))
            if outcome.reason in ("stopped", "token") and answer is not NO_TOKEN:
                await self._notices.tell(NOTICE)
        elif isinstance(outcome, Sent):
            await self._notices.settle(NOTICE)
        return outcome


def _button(label: str) -> dict[str, str]:
    # What a press brings back is the payload, as if it had been written: the label says the same either way.
    title = label if len(label) <= 100 else f"{label[:99]}…"
    return {"title": title, "type": "oa.query.show", "payload": label[:1_000]}


def _with_picture(text: str, id: str) -> dict[str, Any]:
    element = {"media_type": "image", "attachment_id": id}
    payload = {"template_type": "media", "elements": [element]}
    return {"text": text, "attachment": {"type": "template", "payload": payload}}


def _is_unclear(answer: Answer | Silence) -> bool:
    return answer is Silence.UNCLEAR or (isinstance(answer, Answer) and answer.status >= 500)
