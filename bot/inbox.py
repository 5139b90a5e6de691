"""The inbox: a message is on disk before its platform hears that it arrived."""

from __future__ import annotations

from bot.bell import DESK, INBOX, Bell
from bot.model import Inbound
from bot.storage.store import Store
from bot.transcript import Transcripts

LONGEST = 100_000
"""Characters of one message that are kept: far beyond what any platform lets a person type."""


class Inbox:
    """Takes messages in."""

    def __init__(self, store: Store, transcripts: Transcripts, bell: Bell) -> None:
        self._store = store
        self._transcripts = transcripts
        self._bell = bell

    async def accept(self, inbound: Inbound) -> int:
        """Store a message once, however often it is delivered; gives its place in the transcript."""
        text = inbound.text[:LONGEST]
        async with self._store.writing() as db:
            conversation = await self._transcripts.begin(db, inbound.channel, inbound.address)
            seq, new = await self._transcripts.receive(
                db, conversation, text, inbound.kind, inbound.platform_id
            )
        if new:
            self._bell.ring(INBOX, DESK, conversation.id)
        return seq
