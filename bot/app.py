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

import desk
from bot.gateway import Gateway, running
from bot.metrics import exposition
from bot.storage.shared import alone
from channels.registry import Installed, installed
from channels.web import LONGEST_BODY, WebChat
from channels.webhooks import webhook
from desk.routes import Desk

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
    app.add_routes(webhook(item.webhook, gateway.inbox.accept) for item in channels if item.webhook)
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
        """Messages are accepted; the body says how the assistant is."""
        process = self._gateway.process
        async with self._gateway.store.reading() as db:
            notices = await self._gateway.notices.standing(db)
        reasons = [*([process.reason] if process.reason else []), *notices]
        return web.json_response({"ready": True, "assistant": process.health, "reasons": reasons})

    async def metrics(self, _request: web.Request) -> web.Response:
        """Counts for Prometheus, with nothing in them about anyone."""
        async with self._gateway.store.reading() as db:
            body, content_type = await exposition(db, self._gateway.process.health)
        return web.Response(body=body, headers={"Content-Type": content_type})


@asynccontextmanager
async def serving(gateway: Gateway) -> AsyncIterator[int]:
    """Serve until the block ends; gives the port.

    Raises:
        OSError: when the port is in use.
    """
    settings = gateway.settings
    channels, loops = installed(gateway), gateway.loops()
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
