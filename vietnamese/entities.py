"""Places, ages and relations named in a text, however it is typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from vietnamese.numbers import numbers
from vietnamese.text import fold, fold_word, views

_WORD = re.compile(r"[^\W_]+")
_YEARS = re.compile(r"\s*(?:tuổi|tuoi|tủi|t)(?!\w)(?!\s*(?:thơ|trẻ|già|dậy|xuân|tác|đời|học))", re.IGNORECASE)
_GRADE = re.compile(r"\b(?:lớp|lop)\s*$", re.IGNORECASE)
_FRACTION = re.compile(r"[\d.,]")
OLDEST = 120
NEAR = 8
"""Characters before a number that are looked at."""
GRADES = range(1, 13)
FIRST_GRADE_AGE = 6
"""Age at which the first grade begins."""
RELATIONS = {
    "father": "bố ba_em ba_con ba_mình ba_tui ba_nó cha_em cha_con tía bọ_em",
    "mother": "mẹ má_em má_con má_mình má_tui mạ_em u_em",
    "stepfather": "dượng bố_dượng cha_dượng ba_dượng",
    "stepmother": "mẹ_kế dì_ghẻ mẹ_ghẻ",
    "grandparent": "ông_nội bà_nội ông_ngoại bà_ngoại",
    "uncle or aunt": "chú bác_ruột bác_em cậu_ruột cậu_em dì_em cô_ruột thím mợ",
    "sibling": "anh_trai chị_gái em_trai em_gái anh_hai chị_hai",
    "teacher": "thầy_giáo cô_giáo thầy_chủ_nhiệm cô_chủ_nhiệm giáo_viên",
    "schoolmate": "bạn_cùng_lớp bạn_học bạn_lớp",
    "neighbour": "hàng_xóm",
    "stranger online": "người_lạ_trên_mạng quen_trên_mạng quen_qua_mạng",
    "partner": "bạn_trai bạn_gái người_yêu",
}


@dataclass(frozen=True)
class Entity:
    """What is named, its value, and where it stands: characters `start` up to but not including `end`."""

    kind: str
    value: str
    start: int
    end: int


class Names:
    """Finds the longest of the given names at each word; matched without diacritics where none were typed.

    A name may stand for several values: then there is an entity for each, at the same place of the text.
    """

    def __init__(self, kind: str, names: Mapping[str, Sequence[str]]) -> None:
        self._kind = kind
        self._values: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}
        for value, spellings in names.items():
            for spelling in spellings:
                typed = tuple(_unified(word) for word in _WORD.findall(spelling))
                self._values.setdefault(tuple(map(fold, typed)), []).append((value, typed))
        self._longest = max(map(len, self._values), default=0)

    def find(self, text: str) -> Iterator[Entity]:
        """Give every name in a text, from its beginning."""
        found = list(_WORD.finditer(text))
        typed = [_unified(match.group()) for match in found]
        folded = list(map(fold_word, typed))
        place = 0
        while place < len(found):
            size, values = self._at(typed, folded, place)
            for value in values:
                yield Entity(self._kind, value, found[place].start(), found[place + size - 1].end())
            place += size

    def _at(self, typed: list[str], folded: list[str], place: int) -> tuple[int, list[str]]:
        for size in range(min(self._longest, len(typed) - place), 0, -1):
            known = self._values.get(tuple(folded[place : place + size]), ())
            values = [value for value, spelling in known if _same(typed[place : place + size], spelling)]
            if values:
                return size, list(dict.fromkeys(values))
        return 1, []


def relations() -> Names:
    """Give the finder of who is spoken of."""
    return Names(
        "relation",
        {value: [word.replace("_", " ") for word in words.split()] for value, words in RELATIONS.items()},
    )


def ages(text: str) -> Iterator[Entity]:
    """Give the ages in years that a text names, outright ("12t", "mười hai tuổi") or by a grade ("lớp 7", about 12)."""
    for number in numbers(text):
        start = number.start
        years = _YEARS.match(text, number.end)
        if years and number.value < OLDEST and not _FRACTION.match(text[max(0, start - 1) : start]):
            yield Entity("age", str(number.value), start, years.end())
        elif number.value in GRADES and (grade := _GRADE.search(text, max(0, start - NEAR), start)):
            yield Entity("age", str(number.value + FIRST_GRADE_AGE - 1), grade.start(), number.end)


@lru_cache(8192)
def _unified(word: str) -> str:
    return views(word).unified


def _same(typed: Sequence[str], spelling: Sequence[str]) -> bool:
    # "bà" is no "Bà Rịa" typed badly, and "hue" may be Huế, but "huệ" is a flower.
    return all(word in (fold_word(wanted), wanted) for word, wanted in zip(typed, spelling, strict=True))
