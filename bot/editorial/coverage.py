"""Which cells of topic × audience × follow-up are answered, and by what.

A follow-up of a topic ("và sau đó thì sao?") is answered by the most particular answer there is: the topic's own
`utter_faq/<topic>_<aspect>`; that of its family, which is the name with words taken off its end (`legal_aid` →
`legal`); or the shared `utter_follow_<aspect>`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.editorial.answers import AUDIENCES, Answer, Audience, Content
from bot.editorial.policy import Topic, Topics

Aspect = Literal["next", "signs", "where", "cost", "known"]
ASPECTS: tuple[Aspect, ...] = ("next", "signs", "where", "cost", "known")
ASKED: dict[Aspect, str] = {
    "next": "Và sau đó thì sao?",
    "signs": "Dấu hiệu khác?",
    "where": "Ở đâu?",
    "cost": "Có mất tiền không?",
    "known": "Có ai biết không?",
}
SHARED = "follow_"
Kind = Literal["own", "family", "shared", "missing"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What answers one follow-up of one topic for one audience."""

    kind: Kind
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One topic: which audiences its own answers reach, and its follow-ups."""

    topic: Topic
    answered: dict[Audience, bool]
    cells: dict[tuple[Aspect, Audience], Cell]


def table(content: Content, topics: Topics) -> list[Row]:
    """Give a row for each topic."""
    have = {(answer.name, answer.audience) for answer in content.answers}
    return [_row(topic, have) for topic in topics.all()]


def holes(content: Content, topics: Topics) -> Iterator[tuple[str, str]]:
    """Give topic and reason for everything that is not answered. What comes next is never left to a shared answer."""
    for row in table(content, topics):
        for audience in AUDIENCES:
            if not row.answered[audience]:
                yield row.topic.id, f"thiếu câu trả lời ({audience})"
            for aspect in ASPECTS:
                kind = row.cells[aspect, audience].kind
                if kind == "missing" or (aspect == "next" and kind == "shared"):
                    yield row.topic.id, f"thiếu “{ASKED[aspect]}” ({audience})"


def follow_ups(topic: str) -> list[str]:
    """Give the names that a topic's own follow-ups have."""
    return [f"faq/{topic}_{aspect}" for aspect in ASPECTS]


def many_voiced(name: str) -> bool:
    """Tell whether an answer must be there for a child, for an adult and for whoever it is."""
    return name.startswith(("faq/", SHARED))


def loose(answers: Sequence[Answer], topics: Topics) -> list[str]:
    """Give the names of the answers that belong to no topic, in their order."""
    owned = {name for topic in topics.all() for name in [*topic.answers, *follow_ups(topic.id)]}
    return list(dict.fromkeys(answer.name for answer in answers if answer.name not in owned))


def _row(topic: Topic, have: set[tuple[str, Audience]]) -> Row:
    answered = {a: all((name, a) in have for name in topic.answers) for a in AUDIENCES}
    cells = {(aspect, a): _cell(topic.id, aspect, a, have) for aspect in ASPECTS for a in AUDIENCES}
    return Row(topic, answered, cells)


def _cell(topic: str, aspect: Aspect, audience: Audience, have: set[tuple[str, Audience]]) -> Cell:
    own = f"faq/{topic}_{aspect}"
    if (own, audience) in have:
        return Cell("own", own)
    parts = topic.split("_")
    for size in range(len(parts) - 1, 0, -1):
        family = f"faq/{'_'.join(parts[:size])}_{aspect}"
        if (family, audience) in have:
            return Cell("family", family)
    shared = f"{SHARED}{aspect}"
    return Cell("shared", shared) if (shared, audience) in have else Cell("missing")
