"""Reads the directory and tells what is wrong with it: file, line, entry, reason.

`python -m content.checking` does so from the command line, and each start of either process does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import time
from enum import Enum
from pathlib import Path
from typing import Any

from content.directory import ALWAYS, NATIONAL, Directory, Entry, Hours, Kind, Status
from content.fields import day, digits, identifier, items, number, parts, text, texts
from content.last_good import LastGood
from content.places import Places, read_places
from content.yaml_file import ContentFileError, Document, parse

CONTENT = Path(__file__).parent
FILE = "hotlines.yml"
PLACES = "places.yml"
INDEPENDENT_SOURCES = 2
LONGEST_PURPOSE = 90
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def load_directory(folder: Path = CONTENT) -> Directory:
    """Read and check the directory and its places.

    Raises:
        ContentFileError: naming file, line, entry and reason.
        OSError: when a file cannot be read.
    """
    places = read_places(_content(folder / PLACES))
    return read_directory(_content(folder / FILE), places)


def keep_directory(
    refused: Callable[[ContentFileError | OSError], None], folder: Path = CONTENT
) -> LastGood[Directory]:
    """Give the directory as it is from now on, changes included; raises as `load_directory` does."""
    return LastGood([folder / FILE, folder / PLACES], lambda: load_directory(folder), refused)


def read_directory(content: str, places: Places, file: str = FILE) -> Directory:
    """Read and check the directory's text; raises as `load_directory` does."""
    document = parse(content, file)
    tree = document.read((), document.tree, parts)
    entries = document.read(("entries",), tree.get("entries"), items)
    found = tuple(_entry(document, place, entry) for place, entry in enumerate(entries))
    for place, entry in enumerate(found):
        for field, reason in _problems(entry, found[:place], found, places):
            raise document.wrong(("entries", place, field), f"{entry.id}: {reason}")
    for wanted, kind in ALWAYS.items():
        if not any((e.number, e.kind, e.area, e.shown) == (wanted, kind, NATIONAL, True) for e in found):
            raise document.wrong(("entries",), f"{wanted} must be shown everywhere, for {kind.value}")
    return Directory(found, _wording(document, tree.get("wording")), places)


def _entry(document: Document, place: int, raw: Any) -> Entry:
    path: tuple[str | int, ...] = ("entries", place)
    values = document.read(path, raw, parts)
    named = f"{values.get('id', 'an entry without id')}: "
    known = {field.name for field in fields(Entry)}
    if unknown := values.keys() - known:
        raise document.wrong((*path, min(unknown)), f"{named}no such field")
    if missing := _NEEDED - values.keys():
        raise document.wrong(path, f"{named}{', '.join(sorted(missing))} missing")
    read: dict[str, Any] = {}
    for name, value in values.items():
        reader: Callable[[Any], Any] = _READERS.get(name, text)
        try:
            read[name] = reader(value)
        except ValueError as error:
            raise document.wrong((*path, name), f"{named}{error}") from None
    return Entry(**read)


def _problems(
    entry: Entry, before: tuple[Entry, ...], all_: tuple[Entry, ...], places: Places
) -> Iterator[tuple[str, str]]:
    """Give what is wrong with an entry: the field, and why."""
    if entry.id in {other.id for other in before}:
        yield "id", "stands here twice"
    if entry.number and digits(entry.number) in {digits(other.number) for other in before}:
        yield "number", f"{entry.number} stands here twice"
    if entry.review_by <= entry.date_checked:
        yield "review_by", "must be after date_checked"
    if entry.area not in {NATIONAL, *places.areas}:
        yield "area", f"{entry.area} is not in places.yml"
    for old in entry.within:
        if old not in places.old:
            yield "within", f"{old} is not in places.yml"
    if not entry.shown and not entry.reason:
        yield "status", "what is not shown needs a reason"
    if entry.shown:
        yield from _problems_of_shown(entry, {digits(other.number) for other in all_ if other.shown})


def _problems_of_shown(entry: Entry, known: set[str]) -> Iterator[tuple[str, str]]:
    if missing := [name for name in ("number", "purpose", "who") if not getattr(entry, name)]:
        yield "status", f"what is shown needs {', '.join(missing)}"
    if len(set(entry.source)) < INDEPENDENT_SOURCES:
        yield "source", "what is shown needs two independent sources"
    if len(entry.purpose) > LONGEST_PURPOSE:
        yield "purpose", f"longer than {LONGEST_PURPOSE} characters"
    for said in (entry.name, entry.purpose):
        if len(digits(said)) > 2 and digits(said) not in known:
            yield "purpose", "names a number that is not shown"


def _wording(document: Document, raw: Any) -> dict[str, str]:
    wording = document.read(("wording",), raw, parts)
    document.read(("wording", "review_by"), wording.get("review_by"), day)
    lines: dict[str, str] = {}
    for name, blanks in _LINES.items():
        lines[name] = document.read(("wording", name), wording.get(name), text)
        document.read(("wording", name), lines[name], _filled_with(blanks))
    if unknown := wording.keys() - _LINES.keys() - {"source", "review_by"}:
        raise document.wrong(("wording", min(unknown)), "no such line")
    return lines


def _filled_with(blanks: str) -> Callable[[str], str]:
    def reader(line: str) -> str:
        if any(mark.isdigit() for mark in line):
            raise ValueError("must take numbers from the entries: {number}")
        for blank in _NUMBERS & set(blanks.split()):
            if f"{{{blank}}}" not in line:
                raise ValueError(f"must say {{{blank}}}")
        try:
            return line.format_map(dict.fromkeys(blanks.split(), ""))
        except (KeyError, ValueError, IndexError, AttributeError):
            raise ValueError(f"has a blank that is not one of: {blanks}") from None

    return reader


def _hours(value: Any) -> Hours:
    named = parts(value)
    try:
        days = frozenset(DAYS.index(name) for name in named["days"])
        hours = Hours(days, time.fromisoformat(named["from"]), time.fromisoformat(named["to"]))
    except (KeyError, ValueError, TypeError):
        raise ValueError('must be like {days: [mon, fri], from: "13:00", to: "20:30"}') from None
    if not days or hours.opens >= hours.closes:
        raise ValueError("must have a day, and open before it closes")
    return hours


def _one_of(kinds: type[Enum]) -> Callable[[Any], Any]:
    def reader(value: Any) -> Any:
        try:
            return kinds(value)
        except ValueError:
            raise ValueError(f"must be one of {', '.join(kind.value for kind in kinds)}") from None

    return reader


def _content(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise ContentFileError(path.name, 1, "file", "is not UTF-8") from None


_NUMBERS = {"number", "numbers", "hotline"}
_NEEDED = {"id", "name", "kind", "area", "source", "date_checked", "review_by", "status"}
_READERS: dict[str, Callable[[Any], Any]] = {
    "id": identifier,
    "number": number,
    "kind": _one_of(Kind),
    "status": _one_of(Status),
    "source": texts,
    "within": texts,
    "topics": texts,
    "asked_by": texts,
    "date_checked": day,
    "review_by": day,
    "open": _hours,
}
_LINES = {
    "first": "number name cost hours who",
    "entry": "number name purpose hours",
    "danger": "numbers",
    "danger_entry": "number name purpose",
    "danger_first": "",
    "danger_then": "number name cost",
    "local": "day hotline",
    "overdue": "day hotline",
    "moved": "name area",
    "none_local": "area hotline",
    "not_this_number": "",
}
"""The lines of the wording, and the blanks that each may have."""


def main() -> int:
    """Check the files; gives the exit status."""
    try:
        directory = load_directory()
    except (ContentFileError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{len(directory.entries)} entries, {len(directory.shown)} shown, {len(directory.places.areas)} areas"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
