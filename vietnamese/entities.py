"""Places, ages and relations named in a text, however it is typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vietnamese.text import fold, views

_WORD = re.compile(r"[^\W_]+")
_AGE = re.compile(r"(?<![\d.,])(\d{1,2})\s*(?:tuổi|tuoi|t(?![\w]))", re.IGNORECASE)
_GRADE = re.compile(r"(?:lớp|lop)\s*(\d{1,2})(?!\d)", re.IGNORECASE)
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
        folded = list(map(fold, typed))
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
    """Give the ages in years that a text names, outright ("12t") or by a school grade ("lớp 7", about 12)."""
    for match in _AGE.finditer(text):
        yield Entity("age", match.group(1), match.start(), match.end())
    for match in _GRADE.finditer(text):
        if 1 <= int(match.group(1)) <= 12:
            age = str(int(match.group(1)) + FIRST_GRADE_AGE - 1)
            yield Entity("age", age, match.start(), match.end())


def _unified(word: str) -> str:
    return views(word).unified


def _same(typed: Sequence[str], spelling: Sequence[str]) -> bool:
    # "bà" is no "Bà Rịa" typed badly, and "hue" may be Huế, but "huệ" is a flower.
    return all(word in (fold(wanted), wanted) for word, wanted in zip(typed, spelling, strict=True))
