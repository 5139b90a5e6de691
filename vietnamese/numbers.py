"""Numbers in figures and in words, and phone numbers however they are written: "không chín tám…", "+84 98…", "1 1 1".

Everything found comes with where it stands in the text as typed, so that it can be read, or blotted out.
Source of the shapes of phone numbers: the national numbering plan (mobile 03, 05, 07, 08, 09; fixed lines 02; services
1800 and 1900; short numbers of three figures).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vietnamese.text import fold

TOKEN = re.compile(r"\d+|(?:[^\W\d_][\u0300-\u036f]*)+")
"""Figures, or a word, composed or not."""
_UNITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_VALUES = {word: value for value, word in enumerate(_UNITS)} | {
    "bẩy": 7,
    "mốt": 1,
    "tư": 4,
    "lăm": 5,
    "nhăm": 5,
    "hông": 0,
    "ko": 0,
}
_VALUES |= {fold(word): value for word, value in _VALUES.items()}
_LAST = {"mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5}
"""Units that only stand after tens: "hai mốt" is 21."""
_TEN = frozenset(("mười", "mừi", "muoi"))
_TENS = frozenset(("mươi", "mưi", "muoi"))
_HUNDRED = frozenset(("trăm", "tram"))
_ODD = frozenset(("linh", "lẻ", "le"))
_GAP = re.compile(r"[\s.,\-–_/()+]{0,3}")
_PHONE = re.compile(r"(?:0|84|0084)(?:[35789]\d{8}|2\d{8,9})|1[89]00\d{4,6}")
_ZERO = frozenset("oO")
SHORT = frozenset(("111", "112", "113", "114", "115"))
LONGEST = 15
"""Figures of a phone number."""
Group = tuple[str, int, int]
"""Figures that stand together, and where."""


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number, and where it stands: characters `start` up to but not including `end`."""

    value: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A phone number as it is dialled in the country, and where it stands in the text."""

    digits: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int

    @property
    def figures(self) -> bool:
        return self.text.isdecimal()


def numbers(text: str) -> Iterator[Number]:
    """Give the numbers of a text, in figures and in words; a word like "ba" or "năm" may also mean something else."""
    tokens = _tokens(text)
    place = 0
    while place < len(tokens):
        value, size = _read(tokens, place)
        if value is not None:
            yield Number(value, tokens[place].start, tokens[place + size - 1].end)
        place += size


def phone_numbers(text: str) -> Iterator[PhoneNumber]:
    """Give the phone numbers of a text: figures with any gaps, words, +84, the letter o for zero."""
    for run in _runs(text):
        for number in _dialled(run):
            # The plus or the bracket before it belongs to it.
            opened = number.start > 0 and text[number.start - 1] in "+("
            yield replace(number, start=number.start - opened)


def _dialled(run: Sequence[Group]) -> Iterator[PhoneNumber]:
    if (digits := _joined(run)) in SHORT:
        yield PhoneNumber(digits, run[0][1], run[-1][2])
        return
    place = 0
    while place < len(run):
        ends = range(min(len(run), place + LONGEST), place, -1)
        end = next((end for end in ends if _PHONE.fullmatch(_joined(run[place:end]))), None)
        if end is None:
            place += 1
            continue
        digits = re.sub(r"^(?:00)?84", "0", _joined(run[place:end]))
        yield PhoneNumber(digits, run[place][1], run[end - 1][2])
        place = end


def _joined(run: Sequence[Group]) -> str:
    return "".join(digits for digits, _, _ in run)


def _runs(text: str) -> Iterator[list[Group]]:
    """Give the groups of figures that stand together, only spaces and dots and their like between them."""
    run: list[Group] = []
    tokens = _tokens(text)
    place = 0
    while place < len(tokens):
        group, size = _group(tokens, place)
        if run and (not group or not _GAP.fullmatch(text, run[-1][2], tokens[place].start)):
            yield run
            run = []
        if group:
            run.append((group, tokens[place].start, tokens[place + size - 1].end))
        place += size
    if run:
        yield run


def _group(tokens: Sequence[_Token], place: int) -> tuple[str, int]:
    """Give the figures that stand at a token, none where there are none, and how many tokens they take."""
    token = tokens[place]
    if token.figures:
        return "".join(str(unicodedata.decimal(mark)) for mark in token.text), 1
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if token.text in _ZERO and following and following.figures and following.start == token.end:
        return "0", 1
    value, size = _read(tokens, place)
    return ("" if value is None else str(value)), size


def _read(tokens: Sequence[_Token], place: int) -> tuple[int | None, int]:
    """Give the number at a token, none where there is none, and how many tokens it takes (one at least)."""
    if tokens[place].figures:
        # More figures than a number has are a code; int() refuses thousands of them.
        return (int(tokens[place].text) if len(tokens[place].text) <= 18 else None), 1
    words = [token.text for token in tokens[place : place + 5]]
    unit = _VALUES.get(words[0])
    if unit is not None and len(words) > 1 and words[1] in _HUNDRED:
        rest, size = _below_hundred(words[2:])
        return 100 * unit + rest, 2 + size
    value, size = _below_hundred(words)
    return (value, size) if size else (None, 1)


def _below_hundred(words: Sequence[str]) -> tuple[int, int]:
    """Give the number that words begin with and how many they are; none is (0, 0)."""
    first, second, third = (*words, "", "", "")[:3]
    if first in _ODD and second in _VALUES:
        return _VALUES[second], 2
    if first in _TEN:
        return (10 + _VALUES[second], 2) if _VALUES.get(second) else (10, 1)
    unit = _VALUES.get(first)
    if unit is None:
        return 0, 0
    if unit and second in _TENS:
        return (10 * unit + _VALUES[third], 3) if _VALUES.get(third) else (10 * unit, 2)
    return (10 * unit + _LAST[second], 2) if unit and second in _LAST else (unit, 1)


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(unicodedata.normalize("NFC", found.group()).lower(), found.start(), found.end())
        for found in TOKEN.finditer(text)
    ]
