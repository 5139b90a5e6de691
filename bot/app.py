"""The web application: the channels, the desk and the gateway wired together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy import false, update
from sqlalchemy.exc import SQLAlchemyError

import desk
from bot.gateway import Gateway, running
from bot.hotlines import day_in_vietnam
from bot.metrics import exposition
from bot.storage.shared import alone
from bot.storage.tables import conversations
from channels.last_resort import careful
from channels.registry import Installed, installed
from channels.web import LONGEST_BODY, WebChat
from channels.webhooks import webhook
from desk.alarms import DeskRoute
from desk.routes import Desk

STORE_SECONDS = 3.0
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def make_app(gateway: Gateway, channels: Sequence[Installed] = ()) -> web.Application:
    """Give the application: pages, chat, desk, health, and the webhooks of channels."""
    app = web.Application(client_max_size=LONGEST_BODY, middlewares=[_protect])
    templates = jinja2.FileSystemLoader(Path(desk.__file__).parent / "templates")
    aiohttp_jinja2.setup(app, loader=templates, autoescape=True)
    app.add_routes(WebChat(gateway).routes())
    app.add_routes(Desk(gateway).routes())
    app.add_routes(Health(gateway).routes())
    app.add_routes(route for item in channels for route in item.routes)
    accept = careful(gateway.inbox.accept, gateway.channels, gateway.texts.fallback)
    app.add_routes(webhook(item.webhook, accept) for item in channels if item.webhook)
    return app


class Health:
    """What machines ask: alive, ready, and the figures."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give the routes, to be added to the application."""
        return [
            web.get("/healthz", self.alive),
            web.get("/readyz", self.ready),
            web.get("/metrics", self.metrics),
        ]

    async def alive(self, _request: web.Request) -> web.Response:
        """The process answers."""
        return web.json_response({"alive": True})

    async def ready(self, _request: web.Request) -> web.Response:
        """Messages are accepted; the body says how the assistant is. 503 where the database takes nothing."""
        process = self._gateway.process
        reasons = [process.reason] if process.reason else []
        stores = await self._stores()
        if not stores:
            reasons.append(
                "the database takes nothing: is the disk full, the file writable, the server there?"
            )
        else:
            async with self._gateway.store.reading() as db:
                reasons += await self._gateway.notices.standing(db)
        body = {"ready": stores, "assistant": process.health, "reasons": reasons}
        return web.json_response(body, status=200 if stores else 503)

    async def _stores(self) -> bool:
        try:
            async with asyncio.timeout(STORE_SECONDS), self._gateway.store.writing() as db:
                await db.execute(update(conversations).where(false()).values(reachable=True))
        except (SQLAlchemyError, OSError, TimeoutError):
            return False
        return True

    async def metrics(self, _request: web.Request) -> web.Response:
        """Counts for Prometheus, with nothing in them about anyone."""
        today = day_in_vietnam(self._gateway.clock())
        due = len(self._gateway.directory.current().due(today))
        async with self._gateway.store.reading() as db:
            body, content_type = await exposition(db, self._gateway.process.health, due)
        return web.Response(body=body, headers={"Content-Type": content_type})


@asynccontextmanager
async def serving(gateway: Gateway) -> AsyncIterator[int]:
    """Serve until the block ends; gives the port.

    Raises:
        OSError: when the port is in use.
    """
    settings = gateway.settings
    channels, loops = installed(gateway), gateway.loops()
    gateway.watch.routes.append(DeskRoute(gateway.store, gateway.roster))
    for item in channels:
        gateway.channels[item.channel.name] = item.channel
        if item.run:
            # One gateway polls for all of them.
            loops[item.channel.name] = alone(gateway.store, item.channel.name, item.run)
    runner = web.AppRunner(make_app(gateway, channels), access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()
        await gateway.recover()
        async with running(loops):
            yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
        for item in channels:
            if item.close:
                await item.close()


@web.middleware
async def _protect(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as error:
        error.headers.update(HEADERS)
        raise
    except (asyncio.CancelledError, ConnectionError):
        raise
    if not response.prepared:
        response.headers.update(HEADERS)
    return response
