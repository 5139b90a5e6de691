"""How urgent a message is, by the trained model: what its probabilities mean for what is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LEVELS = ("none", "info", "concern", "urgent", "emergency")
"""The five steps, the calmest first."""
DOUBT = 0.3
"""How much the chance of a mere concern counts against a case: an operator too many is better than one too few."""
OPEN = 0.5
"""Need from which a case opens. How these numbers were chosen: docs/understanding.md."""
SURE = 0.5
"""Chance of an emergency from which the fixed card is sent at once."""
CALM = 0.25
"""Need below which the words of a rule are not believed; from here every answer names the hotline and a human."""


@dataclass(frozen=True)
class Estimate:
    """What the model makes of a message."""

    chances: Mapping[str, float]

    @property
    def need(self) -> float:
        """How much a human is needed, from 0 to 1."""
        needed = self.chances["urgent"] + self.chances["emergency"]
        against = self.chances["none"] + self.chances["info"] + DOUBT * self.chances["concern"]
        return needed / (needed + against)

    @property
    def level(self) -> str:
        """The urgency to act on."""
        if self.need >= OPEN:
            return "emergency" if self.chances["emergency"] >= SURE else "urgent"
        calm = LEVELS[:3]
        level = max(calm, key=lambda name: self.chances[name])
        return "concern" if self.need >= CALM else level
