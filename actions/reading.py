"""What the reader made of the message that is being answered."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

WAIT = ("urgent", "emergency")
WORRIED = ("concern", *WAIT)
HARM = ("signs", "help")
"""Aspects of the topics that have signs and steps of their own."""


def intent_of(tracker: Tracker) -> str:
    """Give the intent."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def urgency_of(tracker: Tracker) -> str:
    """Give the urgency; nothing known is no calm."""
    return str((tracker.latest_message.get("urgency") or {}).get("name") or WORRIED[0])


def also_of(tracker: Tracker) -> str | None:
    """Give the label of the second question, where the message asked two."""
    return tracker.latest_message.get("also")


def subject_of(tracker: Tracker) -> str | None:
    """Give the answered subject ("bullying_help"); nothing if the message was no question."""
    if intent_of(tracker) != "faq":
        return None
    response = _selector(tracker).get("response") or {}
    return str(response.get("intent_response_key") or "").removeprefix("faq/") or None


def is_friends_story(tracker: Tracker) -> bool:
    """Tell whether the answer goes to somebody who tells of a friend."""
    return (_selector(tracker).get("response") or {}).get("utter_action") == "utter_faq/help_friend"


def nearest(tracker: Tracker, count: int) -> list[str]:
    """Give the canonical questions of the nearest subjects, the nearest first."""
    return [item["question"] for item in _selector(tracker).get("ranking", [])[:count]]


def topic_and_aspect(subject: str) -> tuple[str, str]:
    """Split "bullying_help"; a subject without signs and steps of its own is a topic as it is."""
    topic, _, aspect = subject.rpartition("_")
    return (topic, aspect) if aspect in HARM and topic else (subject, "")


def _selector(tracker: Tracker) -> dict[str, Any]:
    return (tracker.latest_message.get("response_selector") or {}).get("faq") or {}
