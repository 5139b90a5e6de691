"""Messages to be taken back on the person's screen after an erasure: the conversation is gone, its traces there too."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Clock
from bot.seal import MasterKey
from bot.storage.tables import receipts, withdrawals
from bot.transcript import Conversation, Transcripts

PLACE = "withdrawal"
LONGEST_SECONDS = 48 * 3600.0
"""Age up to which any platform lets a message be taken back. Source: reference on Telegram, section 9."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One message to be taken back."""

    id: int
    channel: str
    address: str = field(repr=False)
    receipt: str = field(repr=False)


class Withdrawals:
    """Keeps receipts while a conversation lives, and what is to be taken back once it is erased."""

    def __init__(self, transcripts: Transcripts, master: MasterKey, clock: Clock) -> None:
        self._transcripts = transcripts
        self._master = master
        self._clock = clock

    async def note(self, db: AsyncConnection, conversation: str, receipt: str) -> None:
        """Keep the name under which the platform knows a message."""
        key = await self._transcripts.key(db, conversation)
        sealed = key.seal(receipt.encode(), f"receipt {conversation}")
        await db.execute(insert(receipts).values(conversation=conversation, receipt=sealed, at=self._clock()))

    async def schedule(self, db: AsyncConnection, conversation: Conversation) -> None:
        """Have every message of a conversation taken back; before it is erased, in the same transaction."""
        key = await self._transcripts.key(db, conversation.id)
        query = select(receipts).where(
            receipts.c.conversation == conversation.id, receipts.c.at > self._clock() - LONGEST_SECONDS
        )
        for row in (await db.execute(query)).all():
            receipt = key.unseal(row.receipt, f"receipt {conversation.id}").decode()
            message = json.dumps([conversation.address, receipt]).encode()
            await db.execute(
                insert(withdrawals).values(
                    channel=conversation.channel,
                    message=self._master.seal(message, PLACE),
                    until=row.at + LONGEST_SECONDS,
                )
            )
        await db.execute(delete(receipts).where(receipts.c.conversation == conversation.id))

    async def due(self, db: AsyncConnection) -> list[Withdrawal]:
        """Give what can be taken back now."""
        query = select(withdrawals).where(withdrawals.c.not_before <= self._clock()).limit(100)
        return [
            Withdrawal(row.id, row.channel, *json.loads(self._master.unseal(row.message, PLACE)))
            for row in (await db.execute(query)).all()
        ]

    async def settle(self, db: AsyncConnection, id: int, retry_after: float | None) -> None:
        """Forget a withdrawal that is done with; one to be tried again waits, until it is too old."""
        now = self._clock()
        if retry_after is not None:
            await db.execute(
                update(withdrawals).where(withdrawals.c.id == id).values(not_before=now + retry_after)
            )
        done = withdrawals.c.until < now if retry_after is not None else withdrawals.c.id == id
        await db.execute(delete(withdrawals).where(done))
