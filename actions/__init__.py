"""Rasa custom actions: what the dialogue cannot say with fixed responses alone."""

from actions.after_answer import ActionAfterAnswer
from actions.confusion import ActionNotUnderstood, ActionSuggest, ActionWrongReading
from actions.follow_up import ActionComeBack, ActionFollowUp
from actions.hotlines import ActionHotlines, ActionHotlinesAnyway
from actions.safety import ActionYesOrNo
from actions.who_writes import ActionWhoWrites

__all__ = [
    "ActionAfterAnswer",
    "ActionComeBack",
    "ActionFollowUp",
    "ActionHotlines",
    "ActionHotlinesAnyway",
    "ActionNotUnderstood",
    "ActionSuggest",
    "ActionWhoWrites",
    "ActionWrongReading",
    "ActionYesOrNo",
]
