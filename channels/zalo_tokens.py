"""The one pair of Zalo tokens: refreshed early, by one owner, so that no single-use refresh token is spent twice.

A row says that a refresh has begun before Zalo is asked, and the new pair is on disk before it is used. Where the
answer died with its process, the old token is tried once more; when that is refused, a human has to consent anew.
Source: reference on Zalo, section 8.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog
from sqlalchemy import Row, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Clock, Jitter
from bot.notices import Notices
from bot.seal import MasterKey
from bot.storage.store import Store, insert_new
from bot.storage.tables import zalo_tokens
from channels.zalo_oauth import App, Pair, Refusal, refreshed

log = structlog.get_logger()

NOTICE = "zalo_consent"
PLACE = "zalo pair"
CHECK_SECONDS = 15.0
REFRESH_FROM, REFRESH_SPREAD = 0.76, 0.08
"""Share of a token's life after which it is replaced: 19 to 21 of 25 hours, so that a human has hours to help."""
ATTEMPTS = 2
"""Times that one refresh token may be shown to Zalo when nobody knows what became of the first."""
AGAIN_SECONDS = 10.0
DEAD_SECONDS = 40.0
"""Age of a begun refresh after which another gateway's is held to be dead."""
NEW_SECONDS = 300.0
WAIT_SECONDS = 0.3
STOP_SECONDS = 12.0


@dataclass(frozen=True, slots=True)
class Kept:
    """The pair as it is on disk."""

    pair: Pair
    version: int
    obtained_at: float
    refresh_at: float
    expires_at: float
    attempts: int
    begun_at: float
    needs_consent: bool
    seed: bytes | None = field(repr=False)


class Tokens:
    """Gives access tokens, and replaces them."""

    def __init__(
        self,
        app: App,
        client: httpx.AsyncClient,
        store: Store,
        master: MasterKey,
        notices: Notices,
        clock: Clock,
        jitter: Jitter,
        seed: str = "",
        again_seconds: float = AGAIN_SECONDS,
    ) -> None:
        """`seed` is the refresh token that an administrator set: taken once, when it is new."""
        self._app = app
        self._client = client
        self._store = store
        self._master = master
        self._notices = notices
        self._clock = clock
        self._jitter = jitter
        self._seed = seed
        self._again_seconds = again_seconds
        self._refreshing: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Keep the pair fresh until cancelled; a refresh that is under way is finished first."""
        try:
            await self.sow()
            while True:
                await self.look()
                await asyncio.sleep(CHECK_SECONDS)
        finally:
            if self._refreshing:
                await asyncio.wait({self._refreshing}, timeout=STOP_SECONDS)

    async def look(self) -> None:
        """Refresh if it is time, and tell operators when a human has to consent."""
        kept = await self.kept()
        if kept and not kept.needs_consent and (kept.attempts or self._clock() >= kept.refresh_at):
            await self._refresh_once(kept)
            kept = await self.kept()
        if kept is None or kept.needs_consent:
            await self._notices.tell(NOTICE)
        else:
            await self._notices.settle(NOTICE)

    async def current(self) -> str | None:
        """Give an access token to be used now; nothing while there is none."""
        kept = await self.kept()
        if kept is None:
            return None
        return (
            kept.pair.access if self._clock() < kept.expires_at else await self.instead_of(kept.pair.access)
        )

    async def instead_of(self, refused: str) -> str | None:
        """Give the token that takes the place of one that Zalo refused; nothing while there is none."""
        kept = await self.kept()
        if kept and kept.pair.access == refused and not kept.needs_consent and not self._is_new(kept):
            await self._refresh_once(kept)
            kept = await self.kept()
        return kept.pair.access if kept and kept.pair.access not in ("", refused) else None

    async def kept(self) -> Kept | None:
        """Give the pair that is on disk."""
        async with self._store.reading() as db:
            return await self._read(db)

    async def replace(self, pair: Pair) -> None:
        """Keep the pair that a human's consent gave, whatever was there."""
        async with self._store.writing() as db:
            await self._put(db, pair)

    async def sow(self) -> None:
        """Begin with the refresh token from the settings, unless it has been taken before."""
        if not self._seed:
            return
        async with self._store.writing() as db:
            kept = await self._read(db)
            if kept is None or kept.seed != self._seed_name():
                await self._put(db, Pair("", self._seed, life=0.0))

    async def _refresh_once(self, seen: Kept) -> None:
        """However many ask at once, one refresh is made; whoever stops waiting does not stop it."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh(seen.version))
        await asyncio.shield(self._refreshing)

    async def _refresh(self, version: int) -> None:
        begun = await self._begin(version)
        while begun is not None:
            answer = await refreshed(self._client, self._app, begun.pair.refresh)
            if isinstance(answer, Pair):
                return await self._keep(begun, answer)
            if answer is Refusal.LATER:
                return await self._end(begun, needs_consent=False)
            if answer is Refusal.FINAL:
                return await self._end(begun, needs_consent=True)
            await asyncio.sleep(self._again_seconds)
            begun = await self._begin(version, again=True)
        return None

    async def _begin(self, version: int, again: bool = False) -> Kept | None:
        """Write down that a refresh begins; gives nothing where there is none to be made, or it was made elsewhere."""
        while True:
            async with self._store.writing() as db:
                kept = await self._read(db, lock=True)
                if kept is None or kept.needs_consent or kept.version != version:
                    return None
                if again or not kept.attempts or self._is_dead(kept):
                    return await self._note_attempt(db, kept)
            # Another gateway is at it: what it gets is ours too.
            await asyncio.sleep(WAIT_SECONDS)

    def _is_new(self, kept: Kept) -> bool:
        # A token that is refused as soon as it is there would be replaced for ever.
        return bool(kept.pair.access) and self._clock() - kept.obtained_at < NEW_SECONDS

    def _is_dead(self, kept: Kept) -> bool:
        return not self._store.shared or self._clock() - kept.begun_at > DEAD_SECONDS

    async def _note_attempt(self, db: AsyncConnection, kept: Kept) -> Kept | None:
        if kept.attempts >= ATTEMPTS:
            await self._change(db, kept, needs_consent=True, attempts=0, begun_at=None)
            return None
        await self._change(db, kept, attempts=kept.attempts + 1, begun_at=self._clock())
        return kept

    async def _keep(self, begun: Kept, pair: Pair) -> None:
        """Put the new pair on disk, before anybody uses it; the old one is worth nothing any more."""
        while True:
            try:
                async with self._store.writing() as db:
                    await self._change(db, begun, **self._columns(pair), version=begun.version + 1)
                return
            except (SQLAlchemyError, OSError) as error:
                log.error("zalo_pair_not_kept", error=type(error).__name__)
            await asyncio.sleep(WAIT_SECONDS)

    async def _end(self, begun: Kept, needs_consent: bool) -> None:
        async with self._store.writing() as db:
            await self._change(db, begun, needs_consent=needs_consent, attempts=0, begun_at=None)

    async def _put(self, db: AsyncConnection, pair: Pair) -> None:
        kept = await self._read(db, lock=True)
        values = {**self._columns(pair), "seed": self._seed_name() if self._seed else None}
        if kept is None:
            await insert_new(db, zalo_tokens, {"app_id": self._app.id, "version": 1, **values})
        else:
            await self._change(db, kept, **values, version=kept.version + 1)

    def _columns(self, pair: Pair) -> dict[str, Any]:
        now = self._clock()
        secrets = json.dumps([pair.access, pair.refresh]).encode()
        share = REFRESH_FROM + REFRESH_SPREAD * self._jitter()
        return {
            "pair": self._master.seal(secrets, f"{PLACE} {self._app.id}"),
            "obtained_at": now,
            "refresh_at": now + pair.life * share,
            "expires_at": now + pair.life,
            "attempts": 0,
            "begun_at": None,
            "needs_consent": False,
        }

    async def _change(self, db: AsyncConnection, kept: Kept, **columns: object) -> None:
        """Change the row, unless a newer pair has taken its place meanwhile."""
        same = (zalo_tokens.c.app_id == self._app.id) & (zalo_tokens.c.version == kept.version)
        await db.execute(update(zalo_tokens).where(same).values(**columns))

    async def _read(self, db: AsyncConnection, lock: bool = False) -> Kept | None:
        query = select(zalo_tokens).where(zalo_tokens.c.app_id == self._app.id)
        row = (await db.execute(query.with_for_update() if lock else query)).first()
        return self._kept(row) if row else None

    def _kept(self, row: Row[Any]) -> Kept:
        access, refresh = json.loads(self._master.unseal(row.pair, f"{PLACE} {self._app.id}"))
        return Kept(
            pair=Pair(access, refresh),
            version=row.version,
            obtained_at=row.obtained_at,
            refresh_at=row.refresh_at,
            expires_at=row.expires_at,
            attempts=row.attempts,
            begun_at=row.begun_at or 0.0,
            needs_consent=row.needs_consent,
            seed=row.seed,
        )

    def _seed_name(self) -> bytes:
        return self._master.look_up("zalo seed", self._seed)
