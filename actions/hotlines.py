"""The numbers to call: asks once where somebody is, where that matters, and always says 111."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from content.answer import FOR_ADULTS, FOR_CHILDREN, Question, answer
from content.checking import keep_directory
from content.directory import VIETNAM, Directory
from content.last_good import LastGood
from content.places import Mention, Place, Places, names_unknown_place, settle
from content.yaml_file import ContentFileError

EMERGENCY = "emergency"
WAIT = ("urgent", EMERGENCY)
PLACE = "place"
QUESTION = "place_question"
OPEN, CLOSED = "open", "closed"
Events = list[dict[str, Any]]


class ActionHotlines(Action):
    """The numbers to call, national ones and those of the place that was named."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock

    def name(self) -> str:
        """Give the name used in the domain."""
        return "action_hotlines"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say them, or ask for the place."""
        closed = [SlotSet(QUESTION, CLOSED)] if tracker.get_slot(QUESTION) == OPEN else []
        try:
            directory = _directory().current()
        except (ContentFileError, OSError):
            dispatcher.utter_message(response="utter_hotlines_unread")
            return closed
        text = tracker.latest_message.get("text") or ""
        urgency = (tracker.latest_message.get("urgency") or {}).get("name")
        mentions = settle(directory.places.meant(text))
        if urgency not in WAIT and (asked := _asked(dispatcher, tracker, text, mentions)):
            return asked
        sure = tuple(mention.places[0] for mention in mentions if len(mention.areas) == 1)
        places = sure or _remembered(directory.places, tracker)
        question = Question(text, tracker.get_slot("topic"), places, urgency == EMERGENCY)
        self._say(dispatcher, tracker, directory, question)
        return [*closed, SlotSet(PLACE, _memory(places))] if places else closed

    def _say(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, directory: Directory, question: Question
    ) -> None:
        limits = FOR_ADULTS if tracker.get_slot("audience") == "adult" else FOR_CHILDREN
        now = datetime.fromtimestamp(self._clock(), VIETNAM)
        for message in answer(directory, question, now, limits):
            dispatcher.utter_message(response="utter_hotlines", lines=message)


class ActionHotlinesAnyway(ActionHotlines):
    """The same, in reply to whatever was said when the place was asked for: rules see that it closes the question."""

    def name(self) -> str:
        """Give the name used in the domain."""
        return "action_hotlines_anyway"


def _asked(dispatcher: CollectingDispatcher, tracker: Tracker, text: str, mentions: list[Mention]) -> Events:
    """Ask which place is meant, once; nothing where there is no need or it was asked before."""
    state = tracker.get_slot(QUESTION)
    unclear = [mention for mention in mentions if len(mention.areas) > 1]
    if unclear and len(unclear) == len(mentions) and state != OPEN:
        titles = [f"Số gọi ở {area}" for area in unclear[0].areas]
        buttons = [{"title": title, "payload": title} for title in titles]
        dispatcher.utter_message(response="utter_which_of_places", name=unclear[0].name, buttons=buttons)
        return [SlotSet(QUESTION, OPEN)]
    where = (tracker.latest_message.get("intent") or {}).get("name") == "follow_where"
    unknown = not mentions and (names_unknown_place(text) or (where and not tracker.get_slot(PLACE)))
    if not unknown or state is not None:
        return []
    dispatcher.utter_message(response="utter_which_place")
    return [SlotSet(QUESTION, OPEN)]


def _memory(places: tuple[Place, ...]) -> str:
    return "; ".join(dict.fromkeys(f"{place.name}, {place.old}" for place in places))


def _remembered(places: Places, tracker: Tracker) -> tuple[Place, ...]:
    mentions = settle(places.find(tracker.get_slot(PLACE) or ""))
    return tuple(mention.places[0] for mention in mentions if len(mention.areas) == 1)


@lru_cache(1)
def _directory() -> LastGood[Directory]:
    # The gateway watches the same files and logs what is refused; this process has no log.
    return keep_directory(lambda _: None)
