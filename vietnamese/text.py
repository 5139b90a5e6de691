"""Three views of a Vietnamese text: as composed, with tone marks in one place, and without diacritics."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

WORD = re.compile(r"\w+")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
# A stretched vowel carries its mark on the first letter: "đáaanh". "ưu" is a word of its own.
_STRETCHED = re.compile(
    "|".join(
        f"(?<=[{marked}]){plain}+"
        for plain, marked in {
            "a": "áàảãạăắằẳẵặâấầẩẫậ",
            "e": "éèẻẽẹêếềểễệ",
            "i": "íìỉĩị",
            "o": "óòỏõọôốồổỗộơớờởỡợ",
            "u": "úùủũụ",
            "y": "ýỳỷỹỵ",
        }.items()
    )
)
_SPACES = re.compile(r"\s+")
# A letter, a dot, a letter: "đ.á.n.h" is one word written around a filter.
_FILLER = re.compile(r"(?<=[^\W\d_])[.·*](?=[^\W\d_])")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
# Both placements of the tone mark are correct; the keyboard decides which one a person writes.
_TONES = ("òóỏõọ", "ùúủũụ")
_PLACEMENTS = {
    old: new
    for vowels, glides in (("oa", "òóỏõọ"), ("oe", "òóỏõọ"), ("uy", "ùúủũụ"))
    for old, new in (
        (glide + vowels[1], vowels[0] + unicodedata.normalize("NFC", vowels[1] + mark))
        for glide, mark in zip(glides, "\u0300\u0301\u0309\u0303\u0323", strict=True)
    )
}
_PLACED = re.compile("|".join(_PLACEMENTS) + r"(?!\w)")


@dataclass(frozen=True)
class Views:
    """One text, seen four ways. `folded` has no diacritics and no đ."""

    raw: str = field(repr=False)
    composed: str = field(repr=False)
    unified: str = field(repr=False)
    folded: str = field(repr=False)

    @property
    def has_diacritics(self) -> bool:
        """Whether the person typed with diacritics at all."""
        return self.unified != self.folded


def views(text: str) -> Views:
    """Give the views of a text. Takes linear time; never loses a digit."""
    composed = compose(text)
    unified = _PLACED.sub(lambda found: _PLACEMENTS[found.group()], composed)
    return Views(text, composed, unified, fold(unified))


def compose(text: str) -> str:
    """Give the text composed (NFC), in lower case, without invisible marks, stretched letters and filler dots."""
    text = unicodedata.normalize("NFC", text).lower()
    text = "".join(" " if mark.isspace() else mark for mark in text if mark.isspace() or _visible(mark))
    text = _FILLER.sub("", unicodedata.normalize("NFC", text))
    return _SPACES.sub(" ", _STRETCHED.sub("", _REPEATED.sub(r"\1", text))).strip()


def fold(text: str) -> str:
    """Give the text without diacritics, with đ as d."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return unicodedata.normalize(
        "NFC", "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    )


@lru_cache(8192)
def fold_word(word: str) -> str:
    """Give a single word folded: the same few thousand words come again and again."""
    return fold(word)


def words(text: str) -> tuple[str, ...]:
    """Give the words of a view, without punctuation."""
    return tuple(WORD.findall(text))


def _visible(mark: str) -> bool:
    return unicodedata.category(mark) not in _INVISIBLE
