"""Which numbers answer a question, in which order, and how they are said.

Danger now: 113, 115 or 114 by its kind, then 111. Otherwise 111 first. Local numbers and those past their review date
never stand alone: 111 is named with each. A line that is closed at that hour is left out. Only entries with status
`shown` are ever considered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from content.directory import ALWAYS, DANGERS, VIETNAM, Directory, Entry
from content.fields import NUMBERS, digits
from content.places import Place
from vietnamese.entities import Names


@dataclass(frozen=True)
class Question:
    """What is asked: the words, the topic before them, where, and whether somebody is in danger now."""

    text: str = ""
    topic: str | None = None
    places: tuple[Place, ...] = ()
    danger: bool = False


@dataclass(frozen=True)
class Limits:
    """How long one message may be, and how many numbers may follow the first ones."""

    words: int
    entries: int
    characters: int = 500


FOR_ADULTS = Limits(words=90, entries=3)
FOR_CHILDREN = Limits(words=45, entries=2)


def answer(directory: Directory, question: Question, now: datetime, limits: Limits) -> tuple[str, ...]:
    """Give the messages that answer a question at a moment."""
    lines = _in_danger(directory, question) if question.danger else _calm(directory, question, now, limits)
    return packed(lines, limits)


def chosen(directory: Directory, question: Question, now: datetime) -> list[Entry]:
    """Give the entries that fit a question beside 111, 113, 114 and 115, the most fitting first."""
    open_now = [entry for entry in directory.shown if entry.open is None or entry.open.includes(now)]
    fitting = [entry for entry in open_now if _fits(entry, question)]
    return sorted(fitting, key=lambda entry: not _asked(entry, question))


def packed(lines: Iterable[str], limits: Limits) -> tuple[str, ...]:
    """Give the lines as few messages, each within the limits; a line is never broken."""
    messages: list[str] = []
    for line in lines:
        longer = f"{messages[-1]}\n{line}" if messages else ""
        if messages and len(longer.split()) <= limits.words and len(longer) <= limits.characters:
            messages[-1] = longer
        else:
            messages.append(line)
    return tuple(messages)


def _calm(directory: Directory, question: Question, now: datetime, limits: Limits) -> list[str]:
    entries = chosen(directory, question, now)[: limits.entries]
    return [
        *_dead_number(directory, question.text),
        _first(directory),
        _danger(directory),
        *_moved(directory, question.places),
        *(_line(directory, entry, now) for entry in entries),
        *_none_local(directory, question.places, entries),
    ]


def _fits(entry: Entry, question: Question) -> bool:
    if entry.number in ALWAYS:
        return False
    if not entry.local:
        return _asked(entry, question)
    here = any(_serves(entry, place) for place in question.places)
    # A line for one kind of distress is not for everyone who lives there.
    return here and (_asked(entry, question) or not entry.topics)


def _asked(entry: Entry, question: Question) -> bool:
    return question.topic in entry.topics or _named(entry, question.text)


def _serves(entry: Entry, place: Place) -> bool:
    return entry.area == place.area and (not entry.within or place.old in entry.within)


def _named(entry: Entry, text: str) -> bool:
    return any(_finder(entry.asked_by).find(text))


@lru_cache(128)
def _finder(asked_by: tuple[str, ...]) -> Names:
    # One finder for each entry: the longer words of one must not hide the words of another.
    return Names("entry", {"asked": asked_by})


def _in_danger(directory: Directory, question: Question) -> list[str]:
    dangers = _dangers(directory)
    asked = [entry for entry in dangers if _named(entry, question.text)] or dangers
    hotline = directory.hotline
    return [
        directory.wording["danger_first"],
        *(_bullet(directory, entry) for entry in asked),
        directory.wording["danger_then"].format(number=hotline.number, name=hotline.name, cost=hotline.cost),
    ]


def _dangers(directory: Directory) -> list[Entry]:
    found = [entry for entry in directory.shown if entry.kind in DANGERS and not entry.local]
    return sorted(found, key=lambda entry: DANGERS.index(entry.kind))


def _first(directory: Directory) -> str:
    entry = directory.hotline
    return directory.wording["first"].format(
        number=entry.number, name=entry.name, cost=entry.cost, hours=entry.hours, who=entry.who
    )


def _danger(directory: Directory) -> str:
    numbers = ", ".join(
        directory.wording["danger_entry"].format(number=entry.number, name=entry.name, purpose=entry.purpose)
        for entry in _dangers(directory)
    )
    return directory.wording["danger"].format(numbers=numbers)


def _line(directory: Directory, entry: Entry, now: datetime) -> str:
    hotline = directory.hotline.number
    today = now.astimezone(VIETNAM).date()
    note = "overdue" if entry.overdue(today) else "local" if entry.local else None
    if note is None:
        return _bullet(directory, entry)
    checked = directory.wording[note].format(day=_spoken(entry.date_checked), hotline=hotline)
    return f"{_bullet(directory, entry)} {checked}"


def _bullet(directory: Directory, entry: Entry) -> str:
    hours = f", {entry.hours}" if entry.hours else ""
    return directory.wording["entry"].format(
        number=entry.number, name=entry.name, purpose=entry.purpose, hours=hours
    )


def _moved(directory: Directory, places: Sequence[Place]) -> list[str]:
    first = {place.area: place for place in reversed(places) if place.moved}
    return [directory.wording["moved"].format(name=place.name, area=area) for area, place in first.items()]


def _none_local(directory: Directory, places: Sequence[Place], chosen: Sequence[Entry]) -> list[str]:
    have = {entry.area for entry in chosen}
    without = [area for area in dict.fromkeys(place.area for place in places) if area not in have]
    line = directory.wording["none_local"]
    return [line.format(area=", ".join(without), hotline=directory.hotline.number)] if without else []


def _dead_number(directory: Directory, text: str) -> list[str]:
    known = {digits(entry.number) for entry in directory.entries if entry.number and not entry.shown}
    asked = {digits(number) for number in NUMBERS.findall(text)}
    return [directory.wording["not_this_number"]] if known & asked else []


def _spoken(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"
