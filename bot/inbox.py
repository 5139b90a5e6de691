"""The inbox: a message is on disk before its platform hears that it arrived."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.bell import DESK, INBOX, Bell
from bot.errors import NotStoredError
from bot.model import Author, Inbound
from bot.rendering import NUMBER, chosen
from bot.storage.store import Store
from bot.transcript import Conversation, Transcripts
from bot.withdrawals import Withdrawals

log = structlog.get_logger()

LONGEST = 100_000
"""Characters of one message that are kept: far beyond what any platform lets a person type."""
LINES_BACK = 6
"""Lines of one answer among which the choices that a number means are looked for."""


class Inbox:
    """Takes messages in."""

    def __init__(self, store: Store, transcripts: Transcripts, withdrawals: Withdrawals, bell: Bell) -> None:
        self._store = store
        self._transcripts = transcripts
        self._withdrawals = withdrawals
        self._bell = bell

    async def accept(self, inbound: Inbound) -> int:
        """Store a message once, however often it is delivered; gives its place in the transcript.

        Raises:
            NotStoredError: when the database is locked, full, read-only or gone.
        """
        try:
            seq, new, conversation = await self._store_it(replace(inbound, text=inbound.text[:LONGEST]))
        except (SQLAlchemyError, OSError) as error:
            log.error("not_stored", channel=inbound.channel, error=type(error).__name__)
            raise NotStoredError("the database did not take the message") from None
        if new:
            self._bell.ring(INBOX, DESK, conversation.id)
        return seq

    async def _store_it(self, inbound: Inbound) -> tuple[int, bool, Conversation]:
        async with self._store.writing() as db:
            conversation = await self._transcripts.begin(db, inbound.channel, inbound.address)
            means = inbound.means or await self._meant(db, conversation, inbound.text)
            seq, new = await self._transcripts.receive(db, conversation, inbound, means)
            if new and inbound.receipt:
                await self._withdrawals.note(db, conversation.id, inbound.receipt)
        return seq, new, conversation

    async def _meant(self, db: AsyncConnection, conversation: Conversation, text: str) -> str:
        """Give the choice that a bare number stands for, where choices were offered last."""
        if not NUMBER.fullmatch(text.strip()):
            return ""
        newest = await self._transcripts.newest(db, conversation.id, LINES_BACK)
        # Only what was said since they last wrote: after that a "2" may be an age.
        turn = takewhile(lambda line: line.author is not Author.PERSON, newest)
        return chosen(text, next((line.buttons for line in turn if line.buttons), ())) or ""
