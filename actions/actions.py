"""What the dialogue cannot say with fixed responses alone."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

DIRECTORY = Path(__file__).parent.parent / "content" / "hotlines.yml"
NATIONAL = "cả nước"
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
        if tracker.get_slot("noticed") or urgency in WAIT:
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


class ActionHotlines(Action):
    """The numbers to call, national ones and those of a place that was named."""

    def name(self) -> str:
        """Give the name used in the domain."""
        return "action_hotlines"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """List them."""
        named = tracker.latest_message.get("entities") or []
        areas = {NATIONAL, *(item["value"] for item in named if item["entity"] == "place")}
        lines = [_line(entry) for entry in directory() if entry["area"] in areas]
        dispatcher.utter_message(response="utter_hotlines", lines="\n".join(lines))
        return []


def _topic(tracker: Tracker) -> str | None:
    selector = (tracker.latest_message.get("response_selector") or {}).get("faq") or {}
    key = (selector.get("response") or {}).get("intent_response_key") or ""
    name, _, aspect = key.removeprefix("faq/").rpartition("_")
    return name if aspect in ("signs", "help") else None


@lru_cache(1)
def directory() -> tuple[dict[str, Any], ...]:
    """Give the entries of the directory."""
    return tuple(yaml.safe_load(DIRECTORY.read_text("utf-8"))["entries"])


def _line(entry: dict[str, Any]) -> str:
    facts = [entry.get("purpose"), entry.get("hours"), entry.get("cost")]
    line = f"• {entry['number']} – {entry['name']}: {'; '.join(fact for fact in facts if fact)}."
    return line if entry["area"] == NATIONAL else f"{line} Nếu không gọi được, gọi 111."
