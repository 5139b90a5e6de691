"""Operators: invited by a one-time link, signed in with a password (argon2), known by a session."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, insert, select, update

from bot.model import Clock, NewId
from bot.roster import Role
from bot.seal import MasterKey
from bot.storage.store import Store
from bot.storage.tables import desk_sessions, operators

INVITATION_SECONDS = 24 * 3600.0
SESSION_SECONDS = 12 * 3600.0


@dataclass(frozen=True, slots=True)
class Operator:
    """Someone who is signed in at the desk."""

    id: int
    name: str
    role: Role
    csrf: str = field(repr=False)


class Operators:
    """Invites operators and signs them in. Tokens are kept as keyed hashes only."""

    def __init__(self, store: Store, master: MasterKey, clock: Clock, new_id: NewId) -> None:
        self._store = store
        self._master = master
        self._clock = clock
        self._new_id = new_id
        self._hasher = PasswordHasher()
        # Checked where no such operator exists, so that the time taken does not tell names.
        self._nobody = self._hasher.hash(new_id())

    async def count(self) -> int:
        """Give the number of operators with a password."""
        query = select(func.count()).select_from(operators).where(operators.c.password.is_not(None))
        async with self._store.reading() as db:
            return int(await db.scalar(query) or 0)

    async def invite(self, name: str, role: Role | None = None) -> str:
        """Give the token of a link that sets this operator's password once, within a day; set the role, if given."""
        token = self._new_id()
        values: dict[str, object] = {
            **({"role": role} if role else {}),
            "invitation": self._master.look_up("invitation", token),
            "invited_until": self._clock() + INVITATION_SECONDS,
        }
        async with self._store.writing() as db:
            result = await db.execute(update(operators).where(operators.c.name == name).values(**values))
            if result.rowcount == 0:
                await db.execute(insert(operators).values(name=name, **values))
        return token

    async def invited(self, token: str) -> str | None:
        """Give the name that an invitation is for, while it is good."""
        query = select(operators.c.name).where(
            operators.c.invitation == self._master.look_up("invitation", token),
            operators.c.invited_until > self._clock(),
        )
        async with self._store.reading() as db:
            return await db.scalar(query)

    async def set_password(self, token: str, password: str) -> bool:
        """Use an invitation up; tells whether it was still good. Old sessions of the operator end."""
        hashed = await asyncio.to_thread(self._hasher.hash, password)
        good = (
            operators.c.invitation == self._master.look_up("invitation", token),
            operators.c.invited_until > self._clock(),
        )
        async with self._store.writing() as db:
            id = await db.scalar(
                update(operators)
                .where(*good)
                .values(password=hashed, invitation=None, invited_until=None)
                .returning(operators.c.id)
            )
            if id is not None:
                await db.execute(delete(desk_sessions).where(desk_sessions.c.operator == id))
        return id is not None

    async def sign_in(self, name: str, password: str) -> str | None:
        """Give the token of a new session, or nothing if name and password do not belong together."""
        query = select(operators.c.id, operators.c.password).where(operators.c.name == name)
        async with self._store.reading() as db:
            row = (await db.execute(query)).first()
        known = row is not None and row.password is not None
        hashed = row.password if row is not None and known else self._nobody
        if not await asyncio.to_thread(self._matches, hashed, password) or row is None or not known:
            return None
        token = self._new_id()
        async with self._store.writing() as db:
            await db.execute(delete(desk_sessions).where(desk_sessions.c.until < self._clock()))
            await db.execute(
                insert(desk_sessions).values(
                    token=self._master.look_up("session", token),
                    operator=row.id,
                    csrf=self._new_id(),
                    until=self._clock() + SESSION_SECONDS,
                )
            )
        return token

    async def who(self, token: str) -> Operator | None:
        """Give the operator of a session that has not ended."""
        query = (
            select(operators.c.id, operators.c.name, operators.c.role, desk_sessions.c.csrf)
            .join(desk_sessions, desk_sessions.c.operator == operators.c.id)
            .where(
                desk_sessions.c.token == self._master.look_up("session", token),
                desk_sessions.c.until > self._clock(),
            )
        )
        async with self._store.reading() as db:
            row = (await db.execute(query)).first()
        return Operator(row.id, row.name, Role(row.role), row.csrf) if row else None

    async def sign_out(self, token: str) -> None:
        """End a session."""
        async with self._store.writing() as db:
            await db.execute(
                delete(desk_sessions).where(desk_sessions.c.token == self._master.look_up("session", token))
            )

    def _matches(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False
