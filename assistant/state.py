"""The dialogue's state on its journey: slots and the last few events, without a word that a person wrote."""

from __future__ import annotations

import json
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

TURNS = 4
"""Turns that travel: one more than any story looks back."""
LONGEST = 16_000
PASSING = ("asked", "confused", "outcome")
"""Slots that mean something for one turn only: what was just asked, or has just come out."""


def pack(tracker: DialogueStateTracker) -> str:
    """Give the state after a turn, at most `LONGEST` characters."""
    slots = {
        name: slot.value
        for name, slot in tracker.slots.items()
        if slot.value != slot.initial_value and (name not in PASSING or set_now(tracker, name))
    }
    events: list[list[Any]] = []
    for event in tracker.applied_events():
        if isinstance(event, UserUttered):
            events.append(
                ["user", event.intent_name, event.parse_data.get("intent", {}).get("confidence", 0.0)]
            )
        elif isinstance(event, ActionExecuted):
            events.append(["action", event.action_name])
    turns = [place for place, event in enumerate(events) if event[0] == "user"]
    recent = events[turns[-TURNS] :] if len(turns) >= TURNS else events
    state = json.dumps({"slots": slots, "events": recent}, ensure_ascii=False)
    return state if len(state) <= LONGEST else json.dumps({"slots": slots, "events": []}, ensure_ascii=False)


def set_now(tracker: DialogueStateTracker, name: str) -> Any:
    """Give what a slot was set to in the turn that has just been; nothing if it was not."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return None
        if isinstance(event, SlotSet) and event.key == name:
            return event.value
    return None


def unpack(state: str | None, sender: str, domain: Domain) -> DialogueStateTracker:
    """Give a tracker as it was after the last turn; a state that cannot be read is a new conversation."""
    tracker = DialogueStateTracker(sender, domain.slots)
    try:
        content = json.loads(state) if state else {}
        events = [
            SlotSet(name, value) for name, value in content.get("slots", {}).items() if name in tracker.slots
        ]
        events += [_event(item) for item in content.get("events", [])]
    except (ValueError, TypeError, AttributeError, IndexError, KeyError):
        return tracker
    for event in events:
        tracker.update(event, domain)
    return tracker


def _event(item: list[Any]) -> Event:
    if item[0] == "action":
        return ActionExecuted(str(item[1]))
    intent = {"name": str(item[1]), "confidence": float(item[2])}
    return UserUttered("", intent=intent, parse_data={"intent": intent, "entities": [], "text": ""})
