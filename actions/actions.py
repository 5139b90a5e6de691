"""What the dialogue cannot say with fixed responses alone."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

SUGGESTIONS = 3
WAIT = ("urgent", "emergency")
WORRIED = ("concern", *WAIT)


class ActionAfterAnswer(Action):
    """Remembers the topic. Once, after the first answer: what happens to the words, and who is writing."""

    def name(self) -> str:
        """Give the name used in the domain."""
        return "action_after_answer"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say it, unless it was said or the moment is too serious."""
        events = [SlotSet("topic", topic)] if (topic := _topic(tracker)) else []
        urgency = (tracker.latest_message.get("urgency") or {}).get("name")
        # One question at a time: whoever was just asked for a place is not asked who they are.
        asked = tracker.get_slot("place_question") == "open"
        if tracker.get_slot("noticed") or urgency in WAIT or asked:
            return events
        dispatcher.utter_message(response="utter_notice")
        return [*events, SlotSet("noticed", True)]


class ActionFollowUp(Action):
    """Answers a question that only has a meaning after the topic before it."""

    def name(self) -> str:
        """Give the name used in the domain."""
        return "action_follow_up"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Give the answer that follows, or ask what it is about."""
        topic = tracker.get_slot("topic")
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        answers = {
            "follow_next": topic and f"utter_faq/{topic}_help",
            "follow_signs": f"utter_faq/{topic}_signs" if topic else "utter_faq/signs_general",
            "follow_cost": "utter_faq/hotline_call",
            "follow_known": "utter_faq/legal_confidentiality",
        }
        dispatcher.utter_message(response=answers.get(intent) or "utter_about_what")
        return []


class ActionSuggest(Action):
    """Not sure what was meant: the nearest topics as questions, and a person. Never a guess."""

    def name(self) -> str:
        """Give the name used in the domain."""
        return "action_suggest"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Offer. Only who may be in need reads of danger and of a person; the button is there for all."""
        urgency = (tracker.latest_message.get("urgency") or {}).get("name", WORRIED[0])
        selector = (tracker.latest_message.get("response_selector") or {}).get("faq") or {}
        questions = [item["question"] for item in selector.get("ranking", [])[:SUGGESTIONS]]
        buttons = [
            {"title": text, "payload": text} for text in [*questions, "Em muốn nói chuyện với người thật"]
        ]
        response = "utter_unsure" if urgency in WORRIED else "utter_perhaps"
        dispatcher.utter_message(response=response, buttons=buttons)
        return []


def _topic(tracker: Tracker) -> str | None:
    # The nearest answer is named for every message: only where it was given is it the topic.
    if (tracker.latest_message.get("intent") or {}).get("name") != "faq":
        return None
    selector = (tracker.latest_message.get("response_selector") or {}).get("faq") or {}
    key = (selector.get("response") or {}).get("intent_response_key") or ""
    name, _, aspect = key.removeprefix("faq/").rpartition("_")
    return name if aspect in ("signs", "help") else None
