"""The answers to our one question whether a child is safe; a bare yes or no at any other time."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.reading import intent_of

ANSWERS = {
    "affirm": ("utter_safe", None),
    "deny": ("utter_not_safe", "not_safe"),
    "not_sure": ("utter_perhaps_not_safe", "perhaps_not_safe"),
}
"""By intent: what is said, and what the gateway is told (`assistant.server.OUTCOMES`)."""


class ActionYesOrNo(Action):
    """Reads a yes, a no and an "I do not know" by what was just asked."""

    def name(self) -> str:
        """Give the name used in the domain."""
        return "action_yes_or_no"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Go on, or give the steps to safety and have a human look."""
        intent = intent_of(tracker)
        if not tracker.get_slot("asked"):
            dispatcher.utter_message(response=f"utter_{intent}")
            return []
        response, outcome = ANSWERS[intent]
        dispatcher.utter_message(response=response)
        return [SlotSet("outcome", outcome), SlotSet("asked", None)]
