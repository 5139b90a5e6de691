"""The consent of an OA's administrator: asked for with PKCE, taken at the address that Zalo sends them back to.

Source: reference on Zalo, section 8.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
from aiohttp import web
from sqlalchemy import delete, insert

from bot.model import Clock, NewId
from bot.seal import MasterKey
from bot.storage.store import Store
from bot.storage.tables import zalo_consents
from channels.zalo_oauth import App, Pair, exchanged
from channels.zalo_tokens import Tokens

PATH = "/webhooks/zalo-oa/consent"
PLACE = "zalo verifier"
ASKED_SECONDS = 1800.0
DONE = "Đã cấp quyền. Chở Che gửi tin qua Zalo được rồi. Bạn có thể đóng trang này."
FAILED = "Chưa cấp quyền được: đường dẫn đã cũ hoặc đã dùng rồi. Hãy chạy lại: choche zalo consent"


class Consent:
    """Asks for consent, and takes it."""

    def __init__(
        self,
        app: App,
        client: httpx.AsyncClient,
        store: Store,
        master: MasterKey,
        tokens: Tokens,
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._app = app
        self._client = client
        self._store = store
        self._master = master
        self._tokens = tokens
        self._clock = clock
        self._new_id = new_id

    async def ask(self) -> str:
        """Give the address where the OA's administrator consents, within half an hour."""
        state, verifier = self._new_id(), self._new_id()
        values = {
            "state": self._name(state),
            "verifier": self._master.seal(verifier.encode(), PLACE),
            "until": self._clock() + ASKED_SECONDS,
        }
        async with self._store.writing() as db:
            await db.execute(delete(zalo_consents).where(zalo_consents.c.until < self._clock()))
            await db.execute(insert(zalo_consents).values(**values))
        return self._app.consent_url(state, verifier)

    async def take(self, state: str, code: str) -> bool:
        """Spend a code; tells whether its consent was asked for and the new pair is kept."""
        async with self._store.writing() as db:
            sealed = await db.scalar(
                delete(zalo_consents)
                .where(zalo_consents.c.state == self._name(state), zalo_consents.c.until >= self._clock())
                .returning(zalo_consents.c.verifier)
            )
        if sealed is None or not code:
            return False
        verifier = self._master.unseal(sealed, PLACE).decode()
        pair = await exchanged(self._client, self._app, code, verifier)
        if not isinstance(pair, Pair):
            return False
        await self._tokens.replace(pair)
        await self._tokens.look()
        return True

    async def take_address(self, address: str) -> bool:
        """Spend the code in an address that Zalo sent the administrator to."""
        query = parse_qs(urlsplit(address.strip()).query)
        return await self.take(query.get("state", [""])[0], query.get("code", [""])[0])

    def route(self) -> web.RouteDef:
        """Give the route that Zalo sends the administrator back to."""
        return web.get(PATH, self._come_back)

    async def _come_back(self, request: web.Request) -> web.Response:
        taken = await self.take(request.query.get("state", ""), request.query.get("code", ""))
        return web.Response(text=DONE if taken else FAILED, status=200 if taken else 400)

    def _name(self, state: str) -> bytes:
        return self._master.look_up("zalo consent", state)
