"""Questions that need what came before: what next, other signs, where, what it costs, who knows; and coming back."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.hotlines import ActionHotlines
from actions.reading import intent_of, topic_and_aspect

SUBJECTS = 3
"""Subjects that are remembered, the newest first."""
WHERE = "follow_where"
GENERAL = {
    "signs": "utter_faq/signs_general",
    "cost": "utter_faq/hotline_call",
    "known": "utter_faq/legal_confidentiality",
}
"""What answers a follow-up where its topic has no answer of its own, and no topic is needed."""


class ActionFollowUp(Action):
    """Answers a follow-up by the most particular answer there is."""

    def name(self) -> str:
        """Give the name used in the domain."""
        return "action_follow_up"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Give the answer that follows, or ask what it is about."""
        intent, topic = intent_of(tracker), tracker.get_slot("topic")
        named = {item["entity"] for item in tracker.latest_message.get("entities") or []}
        found = answer_to(intent, topic, tracker.get_slot("aspect"), domain)
        if intent == WHERE and ("place" in named or not found.startswith("utter_faq/")):
            events: list[dict[str, Any]] = ActionHotlines().run(dispatcher, tracker, domain)
            return events
        dispatcher.utter_message(response=found)
        return [SlotSet("aspect", "help")] if found == f"utter_faq/{topic}_help" else []


class ActionComeBack(Action):
    """Takes up again what was spoken of before the last change of subject."""

    def name(self) -> str:
        """Give the name used in the domain."""
        return "action_come_back"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Answer it again, or ask what it was."""
        subjects = list(tracker.get_slot("subjects") or [])
        if not subjects:
            dispatcher.utter_message(response="utter_about_what")
            return []
        subject = subjects[1] if len(subjects) > 1 else subjects[0]
        dispatcher.utter_message(response="utter_come_back")
        dispatcher.utter_message(response=f"utter_faq/{subject}")
        topic, aspect = topic_and_aspect(subject)
        return [
            SlotSet("subjects", come_back_to(subject, tracker)),
            SlotSet("topic", topic),
            SlotSet("aspect", aspect),
        ]


def answer_to(intent: str, topic: str | None, aspect: str | None, domain: dict[str, Any]) -> str:
    """Give the name of the first answer that exists: the topic's own, its family's, the one for every topic."""
    wanted = intent.removeprefix("follow_")
    own = tuple(f"utter_faq/{name}_{wanted}" for name in _families(topic)) if topic else ()
    steps = f"utter_faq/{topic}_help"
    # After the signs, the steps are what comes next; after the steps, something must follow them.
    turn = (steps,) if topic and wanted == "next" and aspect == "signs" else ()
    general = (f"utter_follow_{wanted}",) if topic else ()
    known = domain.get("responses") or {}
    for name in (*turn, *own, *general, GENERAL.get(wanted)):
        if name in known:
            return str(name)
    return "utter_about_what"


def _families(topic: str) -> list[str]:
    """Give a topic and its families: "legal_aid", "legal"."""
    words = topic.split("_")
    return ["_".join(words[:size]) for size in range(len(words), 0, -1)]


def come_back_to(subject: str, tracker: Tracker) -> list[str]:
    """Give the remembered subjects with this one as the newest."""
    before = [other for other in tracker.get_slot("subjects") or [] if other != subject]
    return [subject, *before][:SUBJECTS]
