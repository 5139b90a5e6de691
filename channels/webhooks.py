"""How a platform's webhook is taken in, whichever it is: genuine, well formed, on disk, and only then "200"."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from typing import Protocol

import structlog
from aiohttp import web

from bot.errors import NotStoredError
from bot.model import Accept, Channel, Inbound

log = structlog.get_logger()


class MalformedError(ValueError):
    """Genuine, but not what the platform sends."""


class Adapter(Channel, Protocol):
    """A channel whose platform calls us."""

    path: str
    """Where it calls, below our address."""

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Tell whether a request is from the platform, by its raw bytes; without a secret none is."""
        ...

    def parse(self, body: bytes) -> Sequence[Inbound]:
        """Give what a request brings; nothing for what does not concern us.

        Raises:
            MalformedError: when the body is cut short or no request of the platform's.
        """
        ...

    def arrived(self, body: bytes) -> None:
        """Hear that what a request brought is on disk."""
        return


def same(secret: str, given: str) -> bool:
    """Compare a secret with what a header holds, in a time that does not tell where they differ."""
    # Headers come decoded with surrogates for bytes that are no UTF-8.
    return hmac.compare_digest(secret.encode(), given.encode("utf-8", "surrogateescape"))


def webhook(adapter: Adapter, accept: Accept) -> web.RouteDef:
    """Give the route on which a platform delivers."""

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        if not adapter.verify(request.headers, body):
            log.warning("webhook_refused", channel=adapter.name)
            return web.Response(status=403)
        try:
            arrived = adapter.parse(body)
        except MalformedError:
            log.warning("webhook_malformed", channel=adapter.name)
            return web.Response(status=400)
        try:
            for inbound in arrived:
                await accept(inbound)
        except NotStoredError:
            return web.Response(status=503)
        adapter.arrived(body)
        return web.Response()

    return web.post(adapter.path, receive)
