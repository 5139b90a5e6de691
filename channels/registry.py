"""Which channels are switched on: made from the settings, each with its webhook where it has one.

Each is imported only where it is used: a platform's library takes a second to load.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.gateway import Gateway
from bot.model import Channel
from bot.pictures import FOLDER as PICTURES
from bot.settings import Settings
from channels.last_resort import careful
from channels.web import WebChannel
from channels.webhooks import Adapter


@dataclass(frozen=True, slots=True)
class Installed:
    """A channel, what must run for it, and whether its platform calls us."""

    channel: Channel
    run: Callable[[], Awaitable[None]] | None = None
    webhook: Adapter | None = None


def installed(gateway: Gateway) -> Sequence[Installed]:
    """Give every channel that is switched on."""
    settings = gateway.settings
    channels = [Installed(WebChannel())]
    if settings.telegram_token.get_secret_value():
        channels.append(_telegram(gateway, settings))
    return channels


def _telegram(gateway: Gateway, settings: Settings) -> Installed:
    from channels.telegram import Telegram, TelegramSettings

    by_webhook = settings.telegram_mode == "webhook"
    telegram = Telegram(
        TelegramSettings(
            token=settings.telegram_token.get_secret_value(),
            api_base=settings.telegram_api_base,
            proxy=settings.telegram_proxy,
            webhook_url=f"{settings.public_url}{Telegram.path}" if by_webhook else "",
            webhook_secret=settings.telegram_webhook_secret.get_secret_value(),
            operators_chat=settings.telegram_operators_chat,
            private_only=gateway.texts.private_only,
        ),
        careful(gateway.inbox.accept, gateway.channels, gateway.texts.fallback),
        PICTURES,
    )
    return Installed(telegram, telegram.run, telegram if by_webhook else None)
