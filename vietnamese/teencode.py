"""Teencode and short forms with one meaning, spelt out. What has two meanings is left as it is.

Source: the reference on vocabulary, section 7.K; "bt", "ck", "k" before a number and their like are not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vietnamese.keyboard import repaired
from vietnamese.sticky import split

_SPELLINGS = {
    "không": "k ko kh kg hk hok hông hổng hem khum hong hg kô kông nỏ",
    "được": "dc đc dk đk đx dx",
    "rồi": "r rùi ròi roài rui",
    "vậy": "z v zậy zị",
    "gì": "j ji giề",
    "bị": "bj bi5",
    "đang": "dag đag",
    "đánh": "dah đah oánh wánh wýnh quánh uýnh",
    "muốn": "mún múnn",
    "sống": "sốg",
    "chết": "ch3t",
    "em": "e",
    "anh": "a",
    "bạn": "bn",
    "mình": "mk mik mìn mìnk",
    "người": "ng ngừi ngừj",
    "người ta": "ngta ngt nta",
    "mọi người": "mn mng",
    "cũng": "cx cg cũg",
    "nhưng mà": "nma nhma",
    "trước": "trc",
    "buồn": "bùn pùn",
    "yêu": "iu iêu",
    "thích": "thik thix",
    "quá": "wá qá wa",
    "luôn": "lun",
    "biết": "bít bik",
    "làm": "lm",
    "hiểu": "hỉu",
    "nhà": "nhaf",
    "với": "vs vx",
    "nói chuyện": "nch",
    "học sinh": "hs",
    "giáo viên": "gv",
    "nhắn tin": "nt",
    "mẹ": "mej mom",
    "ba": "dad daddy",
    "nó": "noá",
    "này": "nì",
    "tự tử": "tutu",
    "tự sát": "suicide",
    "số điện thoại": "sđt sdt",
    "điện thoại": "đt",
    "giờ": "h",
    "bây giờ": "bgio bjo",
    "có": "cóa",
    "trời": "chời",
    "thôi": "thui",
}
TEENCODE = {short: tuple(plain.split()) for plain, shorts in _SPELLINGS.items() for short in shorts.split()}


def expand(words: Iterable[str]) -> tuple[str, ...]:
    """Give the words: short forms spelt out, typing slips repaired, words that stick together taken apart."""
    return tuple(plain for word in words for plain in TEENCODE.get(word) or _mended(word))


def _mended(word: str) -> Iterator[str]:
    for piece in split(repaired(word)):
        yield from TEENCODE.get(piece, (piece,))
