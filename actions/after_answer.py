"""After an answer: the second question, then, once, the notice and the question whether a child is safe."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.follow_up import answer_to, come_back_to
from actions.hotlines import ActionHotlines
from actions.reading import (
    WAIT,
    WORRIED,
    also_of,
    intent_of,
    is_friends_story,
    nearest,
    subject_of,
    topic_and_aspect,
    urgency_of,
)

OTHERS = 3
PRIVATE = ("privacy_hide", "privacy_kept")
SAFE = "safety"
"""What was asked, in the slot `asked`."""


class ActionAfterAnswer(Action):
    """Says what belongs after an answer, and remembers what it was about."""

    def name(self) -> str:
        """Give the name used in the domain."""
        return "action_after_answer"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Answer what else was asked; give the notice, unless it is too serious for one; ask a child if it is safe."""
        events = [*_remember(tracker), *_second_answer(dispatcher, tracker, domain)]
        asks = _must_ask(tracker)
        # One question at a time: whoever was just asked for a place is not asked who they are.
        busy = tracker.get_slot("place_question") == "open" or urgency_of(tracker) in WAIT
        if not tracker.get_slot("noticed") and not busy:
            dispatcher.utter_message(response="utter_notice")
            events.append(SlotSet("noticed", True))
        elif intent_of(tracker) == "who_are_you" or subject_of(tracker) in PRIVATE:
            dispatcher.utter_message(response="utter_safe_word")
        if asks:
            dispatcher.utter_message(response="utter_safety_check")
            events += [SlotSet("asked", SAFE), SlotSet("safety_asked", True)]
        return events


def _must_ask(tracker: Tracker) -> bool:
    """Once in a conversation, and only a child whose message worries us."""
    return (
        tracker.get_slot("audience") == "child"
        and not tracker.get_slot("safety_asked")
        and urgency_of(tracker) in WORRIED
        and intent_of(tracker) == "faq"
        and not is_friends_story(tracker)
    )


def _second_answer(
    dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
) -> list[dict[str, Any]]:
    also, subject = also_of(tracker), subject_of(tracker)
    if also == "hotlines":
        events: list[dict[str, Any]] = ActionHotlines().run(dispatcher, tracker, domain)
        return events
    if also and also.startswith("follow_"):
        topic, aspect = topic_and_aspect(subject) if subject else (None, None)
        dispatcher.utter_message(response=answer_to(also, topic, aspect, domain))
    elif also:
        dispatcher.utter_message(response=f"utter_{also}")
    return []


def _remember(tracker: Tracker) -> list[dict[str, Any]]:
    subject = subject_of(tracker)
    if subject is None:
        return []
    topic, aspect = topic_and_aspect(subject)
    return [
        SlotSet("subjects", come_back_to(subject, tracker)),
        SlotSet("others", nearest(tracker, OTHERS + 1)[1:]),
        SlotSet("topic", topic),
        SlotSet("aspect", aspect),
    ]
