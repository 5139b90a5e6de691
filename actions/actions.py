"""The directory of numbers, read aloud."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

DIRECTORY = Path(__file__).parent.parent / "content" / "hotlines.yml"
NATIONAL = "cả nước"


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


@lru_cache(1)
def directory() -> tuple[dict[str, Any], ...]:
    """Give the entries of the directory."""
    return tuple(yaml.safe_load(DIRECTORY.read_text("utf-8"))["entries"])


def _line(entry: dict[str, Any]) -> str:
    facts = [entry.get("purpose"), entry.get("hours"), entry.get("cost")]
    line = f"• {entry['number']} – {entry['name']}: {'; '.join(fact for fact in facts if fact)}."
    return line if entry["area"] == NATIONAL else f"{line} Nếu không gọi được, gọi 111."
