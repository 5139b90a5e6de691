"""The five steps of urgency."""

from __future__ import annotations

from enum import IntEnum


class Urgency(IntEnum):
    """How long a message can wait: a case opens from `URGENT`, the card goes out at `EMERGENCY`."""

    NONE = 0
    INFO = 1
    CONCERN = 2
    URGENT = 3
    EMERGENCY = 4

    @property
    def label(self) -> str:
        """The name that people script against."""
        return self.name.lower()
