"""Who is writing just now, in memory only: it is over after a few seconds without a key."""

from __future__ import annotations

import asyncio
from asyncio import TimerHandle

from bot.bell import DESK, Bell

TYPING_SECONDS = 5.0


class Typing:
    """Knows which operators write in which conversations, and rings when one begins or stops."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._writing: dict[tuple[str, int], TimerHandle] = {}

    def note(self, conversation: str, operator: int) -> None:
        """Note a key pressed."""
        timer = self._writing.pop((conversation, operator), None)
        later = asyncio.get_running_loop().call_later(TYPING_SECONDS, self.stop, conversation, operator)
        self._writing[conversation, operator] = later
        if timer is None:
            self._bell.ring_here(DESK, conversation)
        else:
            timer.cancel()

    def stop(self, conversation: str, operator: int) -> None:
        """Note that nothing is being written any more: it was sent, emptied or left."""
        if (timer := self._writing.pop((conversation, operator), None)) is not None:
            timer.cancel()
            self._bell.ring_here(DESK, conversation)

    def stop_all(self, operator: int) -> None:
        """Note that an operator's page is gone."""
        for conversation, who in list(self._writing):
            if who == operator:
                self.stop(conversation, who)

    def who(self, conversation: str) -> frozenset[int]:
        """Give the operators who write in a conversation."""
        return frozenset(who for where, who in self._writing if where == conversation)
