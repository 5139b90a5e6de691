"""What an administrator needs once to switch a Zalo Official Account on: the proof of the domain, and the consent."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from bot.bell import Bell
from bot.errors import ChoCheError
from bot.model import Clock, NewId
from bot.notices import Notices
from bot.seal import load_master_key
from bot.settings import Settings, load_settings
from bot.storage.store import open_store
from channels.calls import made_client
from channels.zalo_consent import PATH, Consent
from channels.zalo_oauth import App
from channels.zalo_tokens import Tokens


class NotSwitchedOnError(ChoCheError):
    """The Official Account has no settings yet."""


def app_of(settings: Settings) -> App:
    """Give the app that the settings name."""
    return App(
        settings.zalo_oa_app_id,
        settings.zalo_oa_app_secret.get_secret_value(),
        settings.zalo_oa_oauth_base,
        f"{settings.origin}{PATH}",
    )


def verifier_route(home: Path) -> web.RouteDef:
    """Give the route that proves the domain to Zalo: the file of theirs, as it lies in the data folder."""

    async def verifier(request: web.Request) -> web.StreamResponse:
        file = home / f"zalo_verifier{request.match_info['code']}.html"
        if not file.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(file)

    return web.get(r"/zalo_verifier{code:[A-Za-z0-9_-]+}.html", verifier)


@asynccontextmanager
async def consenting(new_id: NewId, clock: Clock) -> AsyncIterator[Consent]:
    """Give the consent, apart from a gateway, which may be running meanwhile.

    Raises:
        NotSwitchedOnError: without `CHOCHE_ZALO_OA_APP_ID`.
    """
    settings = load_settings()
    if not settings.zalo_oa_app_id:
        raise NotSwitchedOnError("CHOCHE_ZALO_OA_APP_ID is not set (example: 1234567890123456789)")
    app, master = app_of(settings), load_master_key(settings.key_file)
    store = await open_store(settings.database)
    try:
        async with made_client() as client:
            tokens = Tokens(
                app,
                client,
                store,
                master,
                Notices(store, Bell(), clock),
                clock,
                random.random,
                seed=settings.zalo_oa_refresh_token.get_secret_value(),
            )
            yield Consent(app, client, store, master, tokens, clock, new_id)
    finally:
        await store.close()
