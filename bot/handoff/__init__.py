"""Hand-off: from an urgent word to a human hand, and back."""

from bot.handoff.actions import Handoff
from bot.handoff.cases import Case, Cases, CaseState, Closing, Refused, Taken

__all__ = ["Case", "CaseState", "Cases", "Closing", "Handoff", "Refused", "Taken"]
