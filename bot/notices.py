"""What operators must know of the machine itself: kept until it is put right, shown by every desk and by /readyz."""

from __future__ import annotations

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.bell import DESK, Bell
from bot.model import Clock
from bot.storage.store import Store, insert_new
from bot.storage.tables import notices

log = structlog.get_logger()


class Notices:
    """Raises and settles notices by name; the words are in `texts.yml`, under `desk.notices`."""

    def __init__(self, store: Store, bell: Bell, clock: Clock) -> None:
        self._store = store
        self._bell = bell
        self._clock = clock

    async def tell(self, name: str) -> None:
        """Raise a notice; one that stands already is left as it is."""
        async with self._store.reading() as db:
            if name in await self.standing(db):
                return
        log.error("notice", name=name)
        async with self._store.writing() as db:
            await insert_new(db, notices, {"name": name, "at": self._clock()})
        self._bell.ring(DESK)

    async def settle(self, name: str) -> None:
        """Take a notice back."""
        async with self._store.reading() as db:
            if name not in await self.standing(db):
                return
        async with self._store.writing() as db:
            await db.execute(delete(notices).where(notices.c.name == name))
        self._bell.ring(DESK)

    async def standing(self, db: AsyncConnection) -> list[str]:
        """Give the notices that stand, the oldest first."""
        return list((await db.execute(select(notices.c.name).order_by(notices.c.at))).scalars())
