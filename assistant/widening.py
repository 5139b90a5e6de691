"""More to learn from than was written by hand: the same messages typed otherwise, and messages made from scenarios.

The seed comes in: the same one gives the same set, to the byte. What is not written by hand weighs less, and a
message typed otherwise remembers where it came from, so that nothing is ever tried on its own copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from assistant.scenarios import Scenario, name_of
from assistant.styles import STYLES

COPIES = ("undressed", "undressed", "teencode", "slips_of_fingers", "regional", "transcript")
"""One of these is drawn for each message. Which ways help, and which do not, with figures: docs/understanding.md."""
COPY_WEIGHT = 0.5
MADE = 30
"""Messages from each scenario. More of them drown what people wrote."""
MADE_WEIGHT = 0.3


@dataclass(frozen=True)
class Lesson:
    """A message to learn from: its label, its urgency where known, what it weighs, and the number of its original."""

    text: str
    label: str
    level: str | None
    weight: float
    origin: int


def written(texts: Sequence[str], labels: Sequence[str], levels: Sequence[str | None]) -> list[Lesson]:
    """Give what was written by hand, as lessons of weight one."""
    rows = zip(texts, labels, levels, strict=True)
    return [Lesson(text, label, level, 1.0, place) for place, (text, label, level) in enumerate(rows)]


def widened(lessons: Sequence[Lesson], scenarios: Sequence[Scenario], seed: int) -> list[Lesson]:
    """Give the lessons, then each typed otherwise, then what the scenarios of their labels say."""
    return [*lessons, *_copies(lessons, Random(seed)), *_made(lessons, scenarios, seed)]


def _copies(lessons: Sequence[Lesson], random: Random) -> Iterator[Lesson]:
    for lesson in lessons:
        text = STYLES[random.choice(COPIES)](lesson.text, random)
        if text != lesson.text:
            yield replace(lesson, text=text, weight=COPY_WEIGHT)


def _made(lessons: Sequence[Lesson], scenarios: Sequence[Scenario], seed: int) -> Iterator[Lesson]:
    seen = {name_of(lesson.text) for lesson in lessons}
    labels = {lesson.label for lesson in lessons}
    origin = 1 + max((lesson.origin for lesson in lessons), default=-1)
    for scenario in scenarios:
        if scenario.intent not in labels:
            continue
        for text in scenario.messages(MADE, seed):
            if name_of(text) not in seen:
                seen.add(name_of(text))
                yield Lesson(text, scenario.intent, scenario.urgency, MADE_WEIGHT, origin)
        origin += 1
