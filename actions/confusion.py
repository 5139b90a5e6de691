"""When the assistant or the person has not understood: never a guess, and a human at the second time."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.reading import WORRIED, nearest, urgency_of

SUGGESTIONS = 3
HUMAN = "Em muốn nói chuyện với người thật"
AGAIN = SlotSet("confused", True)
"""Lives for one turn: whoever is confused in the next one, too, is offered a human."""


class ActionSuggest(Action):
    """Not sure what was meant: the nearest topics as questions, and a person. Never a guess."""

    def name(self) -> str:
        """Give the name used in the domain."""
        return "action_suggest"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Offer. Only who may be in need reads of danger and of a person; the button is there for all."""
        response = "utter_unsure" if urgency_of(tracker) in WORRIED else "utter_perhaps"
        _say(dispatcher, tracker, response, nearest(tracker, SUGGESTIONS))
        return [AGAIN]


class ActionNotUnderstood(Action):
    """The answer was not understood: the same in simpler words."""

    def name(self) -> str:
        """Give the name used in the domain."""
        return "action_not_understood"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say it more simply."""
        simple = f"utter_simple_{tracker.get_slot('topic')}"
        known = simple in (domain.get("responses") or {})
        _say(dispatcher, tracker, simple if known else "utter_not_understood", [])
        return [AGAIN]


class ActionWrongReading(Action):
    """The answer missed the point: an apology, and the next nearest topics."""

    def name(self) -> str:
        """Give the name used in the domain."""
        return "action_wrong_reading"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say sorry and ask again."""
        _say(dispatcher, tracker, "utter_wrong_reading", tracker.get_slot("others") or [])
        return [AGAIN]


def _say(dispatcher: CollectingDispatcher, tracker: Tracker, response: str, questions: list[str]) -> None:
    buttons = [{"title": text, "payload": text} for text in [*questions, HUMAN]]
    twice = tracker.get_slot("confused")
    dispatcher.utter_message(response="utter_confused" if twice else response, buttons=buttons)
