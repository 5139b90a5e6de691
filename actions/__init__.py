"""Rasa custom actions."""

from actions.actions import ActionAfterAnswer, ActionHotlines, ActionSuggest

__all__ = ["ActionAfterAnswer", "ActionHotlines", "ActionSuggest"]
