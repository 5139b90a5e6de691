"""Who is writing, where they say so in passing: then nobody has to ask, and the first answer already fits."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from vietnamese.speaker import audience


class ActionWhoWrites(Action):
    """Fills the slot `audience`; Rasa runs it before each answer (the slot's mapping in the domain)."""

    def name(self) -> str:
        """Give the name used in the domain."""
        return "action_who_writes"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Set it where the message leaves no doubt; what was said before stays otherwise."""
        who = audience(tracker.latest_message.get("text") or "")
        return [SlotSet("audience", who)] if who else []
