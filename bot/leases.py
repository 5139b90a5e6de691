"""Leases: one conversation is handled by one worker at a time, and a worker that came too late changes nothing."""

from __future__ import annotations

from sqlalchemy import func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import ChoCheError
from bot.model import Clock, State
from bot.storage.tables import conversations, messages

LEASE_SECONDS = 30.0


class LeaseLost(ChoCheError):
    """Another worker took over; this worker's transaction must not commit."""


class Leases:
    """Takes and checks leases. The fencing number grows with each lease, so an old holder is recognised."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def waiting(
        self, db: AsyncConnection, states: tuple[State, ...], even_later: bool = False
    ) -> list[str]:
        """Give the conversations with messages in these states that are due, the longest waiting first."""
        due = true() if even_later else messages.c.not_before <= self._clock()
        query = (
            select(messages.c.conversation)
            .where(messages.c.state.in_(states), due)
            .group_by(messages.c.conversation)
            .order_by(func.min(messages.c.seq))
        )
        return list((await db.execute(query)).scalars())

    async def take(self, db: AsyncConnection, conversation: str) -> int | None:
        """Take the lease; gives the fencing number, or nothing while another holds it."""
        now = self._clock()
        free = or_(conversations.c.lease_until.is_(None), conversations.c.lease_until < now)
        fence: int | None = await db.scalar(
            update(conversations)
            .where(conversations.c.id == conversation, free)
            .values(fence=conversations.c.fence + 1, lease_until=now + LEASE_SECONDS)
            .returning(conversations.c.fence)
        )
        return fence

    async def check(self, db: AsyncConnection, conversation: str, fence: int) -> None:
        """Make sure the lease is still ours, and renew it; raises `LeaseLost` otherwise."""
        result = await db.execute(
            update(conversations)
            .where(conversations.c.id == conversation, conversations.c.fence == fence)
            .values(lease_until=self._clock() + LEASE_SECONDS)
        )
        if result.rowcount != 1:
            raise LeaseLost("lease lost")

    async def release(self, db: AsyncConnection, conversation: str, fence: int) -> None:
        """Let others take the conversation."""
        await db.execute(
            update(conversations)
            .where(conversations.c.id == conversation, conversations.c.fence == fence)
            .values(lease_until=None)
        )

    async def release_all(self, db: AsyncConnection) -> None:
        """Forget every lease: for the start of the one gateway that owns this database."""
        await db.execute(update(conversations).values(lease_until=None))
