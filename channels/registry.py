"""Which channels are switched on: made from the settings, each with its webhook where it has one.

Each is imported only where it is used: a platform's library takes a second to load.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.gateway import Gateway
from bot.model import Channel
from bot.pictures import FOLDER as PICTURES
from bot.seal import load_master_key
from bot.settings import Settings
from channels.last_resort import careful
from channels.web import WebChannel
from channels.webhooks import Adapter


@dataclass(frozen=True, slots=True)
class Installed:
    """A channel, what must run for it, whether its platform calls us, and pages of its own."""

    channel: Channel
    run: Callable[[], Awaitable[None]] | None = None
    webhook: Adapter | None = None
    routes: Sequence[web.AbstractRouteDef] = ()
    close: Callable[[], Awaitable[None]] | None = None


def installed(gateway: Gateway) -> Sequence[Installed]:
    """Give every channel that is switched on."""
    settings = gateway.settings
    channels = [Installed(WebChannel())]
    if settings.telegram_token.get_secret_value():
        channels.append(_telegram(gateway, settings))
    if settings.zalo_oa_app_id:
        channels.append(_zalo_oa(gateway, settings))
    if settings.zalo_bot_token.get_secret_value():
        channels.append(_zalo_bot(gateway, settings))
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
    return Installed(telegram, telegram.run, telegram if by_webhook else None, close=telegram.close)


def _zalo_oa(gateway: Gateway, settings: Settings) -> Installed:
    from channels.calls import made_client
    from channels.zalo_consent import Consent
    from channels.zalo_oa import ZaloOA, ZaloSettings
    from channels.zalo_setup import app_of, verifier_route
    from channels.zalo_tokens import Tokens

    master, client, app = load_master_key(settings.key_file), made_client(), app_of(settings)
    tokens = Tokens(
        app,
        client,
        gateway.store,
        master,
        gateway.notices,
        gateway.clock,
        random.random,
        seed=settings.zalo_oa_refresh_token.get_secret_value(),
    )
    consent = Consent(app, client, gateway.store, master, tokens, gateway.clock, gateway.new_id)
    zalo = ZaloOA(
        ZaloSettings(
            settings.zalo_oa_app_id,
            settings.zalo_oa_secret_key.get_secret_value(),
            settings.zalo_oa_api_base,
            settings.zalo_oa_buttons,
        ),
        client,
        tokens,
        gateway.notices,
        PICTURES,
        gateway.clock,
    )
    routes = (consent.route(), verifier_route(settings.home))
    return Installed(zalo, zalo.run, zalo, routes, client.aclose)


def _zalo_bot(gateway: Gateway, settings: Settings) -> Installed:
    from channels.calls import made_client
    from channels.zalo_bot import ZaloBot, ZaloBotSettings

    by_webhook, client = settings.zalo_bot_mode == "webhook", made_client()
    bot = ZaloBot(
        ZaloBotSettings(
            token=settings.zalo_bot_token.get_secret_value(),
            api_base=settings.zalo_bot_api_base,
            webhook_url=f"{settings.public_url}{ZaloBot.path}" if by_webhook else "",
            webhook_secret=settings.zalo_bot_webhook_secret.get_secret_value(),
            pictures_url=f"{settings.public_url}/static/pictures" if settings.public_url else "",
        ),
        client,
        careful(gateway.inbox.accept, gateway.channels, gateway.texts.fallback),
        gateway.notices,
    )
    return Installed(bot, bot.run, bot if by_webhook else None, close=client.aclose)
