"""Writes a check of a number into the directory's file: only its own lines change, comments and layout stay."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile

from content.checking import FILE, PLACES, read_directory
from content.directory import REVIEW, Entry, Status
from content.places import read_places
from content.yaml_file import parse

_FIELD = re.compile(r'^(?P<name>\s*\w+:\s*)(?P<value>"(?:[^"\\]|\\.)*"|[^#\s]+)(?P<rest>.*)$', re.DOTALL)


class CheckRefused(ValueError):
    """A check that cannot be right; its text says why, in Vietnamese."""


def record_check(folder: Path, id: str, checked: date, by: str, today: date) -> Entry:
    """Write that a number was checked, with its next review date, and give the entry as it is now.

    Raises:
        CheckRefused: for an entry that does not exist or must never be shown, or a day that cannot be.
        ContentFileError: when the files are wrong, before or after; then nothing is written.
    """
    file = folder / FILE
    content, places = file.read_text("utf-8"), read_places((folder / PLACES).read_text("utf-8"))
    entries = read_directory(content, places).entries
    number = next((number for number, entry in enumerate(entries) if entry.id == id), None)
    if number is None:
        raise CheckRefused(f"Không có mục nào tên {id}.")
    _refuse(entries[number], checked, today)
    values = {"date_checked": checked.isoformat(), "review_by": (checked + REVIEW).isoformat()}
    changed = with_values(content, number, {**values, "checked_by": by} if by else values)
    entry = read_directory(changed, places).entries[number]
    _replace(file, changed)
    return entry


def with_values(content: str, number: int, values: Mapping[str, str]) -> str:
    """Give the file's text with other values in one entry, counted from 0; a field that is missing is added."""
    where = parse(content, FILE).lines
    lines = content.splitlines(keepends=True)
    last = where["entries", number, "review_by"] - 1
    indent = re.match(r"\s*", lines[last])
    for name, value in values.items():
        quoted = json.dumps(value, ensure_ascii=False)
        place = where.get(("entries", number, name))
        if place is None:
            lines[last] += f"{indent.group() if indent else ''}{name}: {quoted}\n"
        else:
            found = _FIELD.match(lines[place - 1])
            assert found is not None, "the reader found the field on this line"
            lines[place - 1] = found["name"] + quoted + found["rest"]
    return "".join(lines)


def _refuse(entry: Entry, checked: date, today: date) -> None:
    if entry.status is Status.NEVER_SHOW:
        raise CheckRefused(f"{entry.id} không bao giờ được hiện: {entry.reason}")
    if not entry.number:
        raise CheckRefused(f"{entry.id} chưa có số để kiểm: {entry.reason}")
    if checked > today:
        raise CheckRefused("Ngày kiểm ở tương lai.")
    if checked < entry.date_checked:
        raise CheckRefused(f"Đã có lần kiểm sau đó: {entry.date_checked.isoformat()}.")


def _replace(file: Path, content: str) -> None:
    """Write whole or not at all."""
    with NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, prefix=".", delete=False) as new:
        try:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
            os.chmod(new.name, file.stat().st_mode & 0o777)
            os.replace(new.name, file)
        except BaseException:
            os.unlink(new.name)
            raise
