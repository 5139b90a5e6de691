"""What the dialogue cannot say with fixed responses alone."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from vietnamese.text import views

DIRECTORY = Path(__file__).parent.parent / "content" / "hotlines.yml"
NATIONAL = "cả nước"
SUGGESTIONS = 3
WAIT = ("urgent", "emergency")
PLACES = {
    "TP. Hồ Chí Minh": (
        "ho chi minh",
        "sai gon",
        "tphcm",
        "tp hcm",
        "hcm",
        "binh duong",
        "vung tau",
        "ba ria",
        "thu duc",
        "con dao",
    )
}
"""New names of places, and the folded names, old and new, by which people call them (1 July 2025)."""


class ActionAfterAnswer(Action):
    """Once, after the first answer and never before it: what happens to the words, and who is writing."""

    def name(self) -> str:
        """Give the name used in the domain."""
        return "action_after_answer"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say it, unless it was said or the moment is too serious."""
        urgency = (tracker.latest_message.get("urgency") or {}).get("name")
        if tracker.get_slot("noticed") or urgency in WAIT:
            return []
        dispatcher.utter_message(response="utter_notice")
        return [SlotSet("noticed", True)]


class ActionSuggest(Action):
    """Not sure what was meant: the nearest topics as questions, and a person. Never a guess."""

    def name(self) -> str:
        """Give the name used in the domain."""
        return "action_suggest"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Offer."""
        selector = (tracker.latest_message.get("response_selector") or {}).get("faq") or {}
        questions = [item["question"] for item in selector.get("ranking", [])[:SUGGESTIONS]]
        buttons = [
            {"title": text, "payload": text} for text in [*questions, "Em muốn nói chuyện với người thật"]
        ]
        dispatcher.utter_message(response="utter_unsure", buttons=buttons)
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
        text = views(tracker.latest_message.get("text") or "").folded
        areas = {NATIONAL, *(area for area, names in PLACES.items() if any(name in text for name in names))}
        lines = [_line(entry) for entry in directory() if entry["area"] in areas]
        dispatcher.utter_message(response="utter_hotlines", lines="\n".join(lines))
        return []


@lru_cache(1)
def directory() -> tuple[dict[str, Any], ...]:
    """Give the entries of the directory."""
    return tuple(yaml.safe_load(DIRECTORY.read_text("utf-8"))["entries"])


def _line(entry: dict[str, Any]) -> str:
    facts = [entry.get("purpose"), entry.get("hours"), entry.get("cost")]
    line = f"• {entry['number']} – {entry['name']}: {'; '.join(fact for fact in facts if fact)}."
    return line if entry["area"] == NATIONAL else f"{line} Nếu không gọi được, gọi 111."
