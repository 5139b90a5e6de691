"""Words that came out as the keys that were pressed: "ddanhs" for "đánh" (Telex), "d9a1nh" (VNI).

A word is repaired only if it is no Vietnamese syllable as it stands and becomes one. Source of the two key
tables: the Telex and VNI input methods; of the syllables: Vietnamese spelling without diacritics.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from vietnamese.text import fold

_INITIALS = "ngh|ng|nh|gh|gi|ch|kh|ph|th|tr|qu|[bcdghklmnpqrstvx]|"
_RHYMES = (
    "a|ac|ach|ai|am|an|ang|anh|ao|ap|at|au|ay|e|ec|em|en|eng|enh|eo|ep|et|eu|ech|i|ia|ich|iec|iem|ien|ieng|iep|iet|ieu|"
    "im|in|inh|ip|it|iu|o|oa|oac|oach|oai|oam|oan|oang|oanh|oao|oap|oat|oay|oc|oe|oen|oeo|oet|oi|om|on|ong|op|ot|"
    "u|ua|uan|uang|uat|uay|uc|ue|uech|uenh|ui|um|un|ung|uo|uoc|uoi|uom|uon|uong|uop|uot|uou|up|ut|uu|uy|uya|uych|uyen|"
    "uyet|uynh|uyt|uyu|y|yem|yen|yet|yeu"
)
_SYLLABLE = re.compile(f"(?:{_INITIALS})(?:{_RHYMES})")
_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_TELEX_MARKS = (
    ("dd", "đ"),
    ("uow", "ươ"),
    ("uwow", "ươ"),
    ("aa", "â"),
    ("ee", "ê"),
    ("oo", "ô"),
    ("aw", "ă"),
    ("ow", "ơ"),
    ("uw", "ư"),
)
_VNI_MARKS = (
    ("d9", "đ"),
    ("uo7", "ươ"),
    ("u7o7", "ươ"),
    ("a6", "â"),
    ("e6", "ê"),
    ("o6", "ô"),
    ("a8", "ă"),
    ("o7", "ơ"),
    ("u7", "ư"),
)
_LEFT_ALONE = frozenset(
    (
        *(
            "this",
            "his",
            "has",
            "was",
            "her",
            "for",
            "are",
            "yes",
            "how",
            "now",
            "low",
            "row",
            "saw",
            "law",
            "raw",
        ),
        *(
            "car",
            "bar",
            "star",
            "test",
            "text",
            "post",
            "best",
            "boss",
            "miss",
            "bus",
            "gas",
            "more",
            "see",
            "seen",
        ),
        *(
            "too",
            "room",
            "soon",
            "moon",
            "noon",
            "tree",
            "been",
            "keep",
            "deep",
            "meet",
            "team",
            "max",
            "mix",
            "fix",
        ),
        *("tax", "box", "sex", "fox", "chat", "chats", "cast", "xoong", "boong", "mooc", "sooc"),
    )
)
"""English words that would become Vietnamese ones, and the few syllables with a double vowel."""
_VOWELS = "aăâeêioôơuưy"
_TELEX = re.compile(r"[a-zđăâêôơư]{3,9}")
_VNI = re.compile(r"[a-z]+\d[a-z\d]*[a-z]")


@lru_cache(8192)
def repaired(word: str) -> str:
    """Give the word that was meant; the word itself where it is one already, or none can be made of it."""
    if word in _LEFT_ALONE or is_syllable(fold(word)):
        return word
    if _VNI.fullmatch(word):
        return _made(word, _VNI_MARKS, _VNI_TONES)
    if _TELEX.fullmatch(word):
        return _made(word, _TELEX_MARKS, _TELEX_TONES)
    return word


def _made(word: str, marks: tuple[tuple[str, str], ...], tones: dict[str, str]) -> str:
    bare, tone = _without_tone(word, tones)
    for keys, letter in sorted(marks, key=lambda pair: -len(pair[0])):
        bare = bare.replace(keys, letter)
    if not bare.isalpha() or not is_syllable(fold(bare)):
        return word
    return _toned(bare, tone)


def _without_tone(word: str, tones: dict[str, str]) -> tuple[str, str]:
    """Take the last tone key after a vowel out of a word."""
    for place in range(len(word) - 1, 0, -1):
        if word[place] in tones and any(mark in _VOWELS for mark in word[:place]):
            return word[:place] + word[place + 1 :], tones[word[place]]
    return word, ""


def _toned(word: str, tone: str) -> str:
    places = [place for place, mark in enumerate(word) if mark in _VOWELS]
    if word.startswith(("qu", "gi")) and len(places) > 1:
        places = places[1:]
    marked = [place for place in places if word[place] in "ăâêôơư"]
    closed = word[-1] not in _VOWELS
    place = marked[-1] if marked else places[-1] if closed or len(places) == 1 else places[-2]
    return unicodedata.normalize("NFC", word[: place + 1] + tone + word[place + 1 :])


def is_syllable(word: str) -> bool:
    """Tell whether a word without diacritics is spelt as a Vietnamese syllable is."""
    return bool(_SYLLABLE.fullmatch(word))
