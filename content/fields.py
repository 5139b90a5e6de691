"""How single values of content files are read. Each reader gives the value or raises `ValueError` with the reason."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
NUMBERS = re.compile(r"\d(?:[ .]?\d){2,}")
"""Whatever in a text looks like a telephone number."""
NUMBER = re.compile(r"\d{3,4}|\d[\d ]{6,14}\d")


def text(value: Any) -> str:
    """Give a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text")
    return value.strip()


def texts(value: Any) -> tuple[str, ...]:
    """Give a list of texts, with at least one."""
    if not isinstance(value, list) or not value:
        raise ValueError("must be a list with something in it")
    return tuple(map(text, value))


def identifier(value: Any) -> str:
    """Give a name of small letters, digits and underscores."""
    if not IDENTIFIER.fullmatch(text(value)):
        raise ValueError("must be small letters, digits and _")
    return text(value)


def number(value: Any) -> str:
    """Give a telephone number as it is shown: three or four digits, or more in groups."""
    if isinstance(value, int):
        raise ValueError('must stand in quotes: "111"')
    if not NUMBER.fullmatch(text(value)):
        raise ValueError("is no telephone number: digits in groups, such as 1900 96 96 80")
    return text(value)


def day(value: Any) -> date:
    """Give a day, written as year-month-day."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(text(value))
    except ValueError:
        raise ValueError("must be a day such as 2026-11-23") from None


def parts(value: Any) -> dict[str, Any]:
    """Give what has named parts."""
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise ValueError("must have named parts")
    return value


def items(value: Any) -> list[Any]:
    """Give a list with at least one item."""
    if not isinstance(value, list) or not value:
        raise ValueError("must be a list with something in it")
    return value


def digits(value: str) -> str:
    """Give a number without its spaces and dots."""
    return re.sub(r"\D", "", value)
