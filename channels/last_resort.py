"""When the database takes nothing: the fixed text goes out unstored, once for each message.

The platform is refused: a refused webhook comes again, polling acknowledges nothing, so the message is not lost.
"""

from __future__ import annotations

from collections.abc import Mapping

from cachetools import LRUCache

from bot.errors import NotStoredError
from bot.model import EVENTS, Accept, Author, Channel, Inbound, Outbound, Reply

REMEMBERED = 10_000


def careful(accept: Accept, channels: Mapping[str, Channel], text: str) -> Accept:
    """Give an `accept` that, before it refuses, sends the fixed text to whoever wrote."""
    told: LRUCache[tuple[str, str, str], bool] = LRUCache(REMEMBERED)

    async def take(inbound: Inbound) -> int:
        try:
            return await accept(inbound)
        except NotStoredError:
            name = (inbound.channel, inbound.address, inbound.platform_id)
            channel = channels.get(inbound.channel)
            if channel is not None and inbound.kind not in EVENTS and name not in told:
                told[name] = True
                reply = Reply(text, author=Author.AUTOMATIC)
                await channel.send(Outbound(0, "", inbound.address, reply))
            raise

    return take
