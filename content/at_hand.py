"""What operators have at hand: categories for closing a case, replies to start from, reminders.

Reads `content/categories.yml` and `content/replies.yml`; raises `ContentFileError` with file, line, entry and reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from content.fields import NUMBERS, day, digits, identifier, items, parts, text, texts
from content.yaml_file import Document, parse
from content.yaml_file import Path as Place

FOR = ("child", "adult", "anyone")
LONGEST_REPLY = 400
"""Characters of one reply: more than a frightened child reads."""


@dataclass(frozen=True)
class Named:
    """Something to choose: the id that is stored, and its words in both languages."""

    id: str
    name: str
    english: str


@dataclass(frozen=True)
class Group:
    """A main category with its kinds; a kind's id is `group.kind`."""

    id: str
    name: str
    english: str
    kinds: tuple[Named, ...]


@dataclass(frozen=True)
class Closings:
    """What may be noted when a case is closed."""

    groups: tuple[Group, ...]
    outcomes: tuple[Named, ...]
    referrals: tuple[Named, ...]

    def allows(self, category: str, outcome: str, referral: str) -> bool:
        """Tell whether these may be stored. Nothing chosen is allowed: a case can always be closed."""
        kinds = {kind.id for group in self.groups for kind in group.kinds}
        known = (kinds, {item.id for item in self.outcomes}, {item.id for item in self.referrals})
        return all(
            not value or value in ids for value, ids in zip((category, outcome, referral), known, strict=True)
        )


@dataclass(frozen=True)
class Suggestion:
    """A reply to start from, for a situation; `audience` is `child`, `adult` or `anyone`."""

    id: str
    audience: str
    title: str
    text: str


@dataclass(frozen=True)
class Guidance:
    """A reminder: what helps in a situation, and what harms."""

    title: str
    do: tuple[str, ...]
    avoid: tuple[str, ...]


@dataclass(frozen=True)
class Replies:
    """Replies and reminders, in the file's order."""

    suggestions: tuple[Suggestion, ...]
    guidance: tuple[Guidance, ...]


def load_closings(folder: Path) -> Closings:
    """Read and check what may be noted when a case is closed."""
    document = parse((folder / "categories.yml").read_text("utf-8"), "categories.yml")
    tree = _checked(document, {"groups", "outcomes", "referrals"})
    groups = document.read(("groups",), tree["groups"], parts)
    return Closings(
        tuple(_group(document, id, raw) for id, raw in groups.items()),
        _named(document, ("outcomes",), tree["outcomes"]),
        _named(document, ("referrals",), tree["referrals"]),
    )


def load_replies(folder: Path, known: frozenset[str]) -> Replies:
    """Read and check replies and reminders; `known` are the digits of the numbers that may be shown."""
    document = parse((folder / "replies.yml").read_text("utf-8"), "replies.yml")
    tree = _checked(document, {"replies", "guidance"})
    replies = document.read(("replies",), tree["replies"], items)
    found = tuple(_suggestion(document, place, raw) for place, raw in enumerate(replies))
    for place, one in enumerate(found):
        path: Place = ("replies", place)
        if one.id in {other.id for other in found[:place]}:
            raise document.wrong(path, f"{one.id} stands here twice")
        _check_numbers(document, path, one.text, known)
    guidance = document.read(("guidance",), tree["guidance"], items)
    return Replies(found, tuple(_guidance(document, place, raw, known) for place, raw in enumerate(guidance)))


def _checked(document: Document, wanted: set[str]) -> Mapping[str, Any]:
    tree = document.read((), document.tree, parts)
    wanted = wanted | {"source", "review_by"}
    if tree.keys() != wanted:
        raise document.wrong((), f"must have exactly {', '.join(sorted(wanted))}")
    document.read(("source",), tree["source"], text)
    document.read(("review_by",), tree["review_by"], day)
    return tree


def _group(document: Document, id: str, raw: Any) -> Group:
    path: Place = ("groups", id)
    one = _fields(document, path, raw, {"name", "english", "kinds"})
    kinds = _named(document, (*path, "kinds"), one["kinds"], f"{id}.")
    name, english = (document.read((*path, field), one[field], text) for field in ("name", "english"))
    return Group(document.read(path, id, identifier), name, english, kinds)


def _named(document: Document, path: Place, raw: Any, prefix: str = "") -> tuple[Named, ...]:
    found = []
    for id, value in document.read(path, raw, parts).items():
        here: Place = (*path, id)
        one = _fields(document, here, value, {"name", "english"})
        name, english = (document.read((*here, field), one[field], text) for field in ("name", "english"))
        found.append(Named(prefix + document.read(here, id, identifier), name, english))
    return tuple(found)


def _suggestion(document: Document, place: int, raw: Any) -> Suggestion:
    path: Place = ("replies", place)
    one = _fields(document, path, raw, {"id", "for", "title", "text"})
    if one["for"] not in FOR:
        raise document.wrong((*path, "for"), f"must be one of {', '.join(FOR)}")
    said = document.read((*path, "text"), one["text"], text)
    if len(said) > LONGEST_REPLY:
        raise document.wrong((*path, "text"), f"longer than {LONGEST_REPLY} characters")
    title = document.read((*path, "title"), one["title"], text)
    return Suggestion(document.read((*path, "id"), one["id"], identifier), one["for"], title, said)


def _guidance(document: Document, place: int, raw: Any, known: frozenset[str]) -> Guidance:
    path: Place = ("guidance", place)
    one = _fields(document, path, raw, {"title", "do", "avoid"})
    do, avoid = (document.read((*path, field), one[field], texts) for field in ("do", "avoid"))
    for line in (*do, *avoid):
        _check_numbers(document, path, line, known)
    return Guidance(document.read((*path, "title"), one["title"], text), do, avoid)


def _fields(document: Document, path: Place, raw: Any, wanted: set[str]) -> Mapping[str, Any]:
    values = document.read(path, raw, parts)
    if values.keys() != wanted:
        raise document.wrong(path, f"must have exactly {', '.join(sorted(wanted))}")
    return values


def _check_numbers(document: Document, path: Place, line: str, known: frozenset[str]) -> None:
    for number in NUMBERS.findall(line):
        if digits(number) not in known:
            raise document.wrong(path, f"{number} is not shown by hotlines.yml")
