"""Ways of typing the same message: without diacritics, in teencode, with slips, in another region's words, as speech.

Each way takes a text and a source of randomness and gives the text as someone else might have typed it. It keeps every
digit in its order, never gives an empty text, and never changes what is said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from random import Random

from vietnamese.teencode import TEENCODE
from vietnamese.text import fold

Style = Callable[[str, Random], str]

_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = re.compile(r"(?<=[^\W\d_]) (?=[^\W\d_])")
_TELEX_TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_VNI_TONES = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_TELEX_MARKS = {"đ": "dd", "â": "aa", "ê": "ee", "ô": "oo", "ă": "aw", "ơ": "ow", "ư": "uw"}
_VNI_MARKS = {"đ": "d9", "â": "a6", "ê": "e6", "ô": "o6", "ă": "a8", "ơ": "o7", "ư": "u7"}
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEAR = {letter: row[max(place - 1, 0) : place + 2] for row in _ROWS for place, letter in enumerate(row)}
_SHORTS: dict[str, list[str]] = {}
for _short, _plain in TEENCODE.items():
    _SHORTS.setdefault(" ".join(_plain), []).append(_short)
_FILLERS = ("à", "ờ", "ừm", "thì", "thì là", "kiểu", "kiểu như", "cái", "nói chung là", "dạ", "ý là")
_ENDINGS = (
    *(" huhu", " hic", " :(", " :((", " 😭", " haha", " hihi", " :v", " =))", " ...", " 🙏"),
    *(" ạ", " nha", " với", " á", "!!", "??"),
)
_REGIONS: tuple[Mapping[str, Sequence[str]], ...] = (
    {  # North
        "ba mẹ": ("bố mẹ",),
        "má": ("mẹ", "u", "bu"),
        "tía": ("bố", "thầy"),
        "hông": ("không",),
        "hổng": ("không",),
        "tui": ("tôi", "mình"),
        "vô": ("vào",),
        "bự": ("to",),
        "hoài": ("mãi", "suốt"),
        "té": ("ngã",),
        "ghê": ("lắm",),
        "coi": ("xem",),
        "tụi": ("bọn",),
        "quýnh": ("đánh",),
        "bữa nay": ("hôm nay",),
        "bữa qua": ("hôm qua",),
        "hồi nãy": ("lúc nãy", "vừa nãy"),
        "con nhỏ": ("con bé",),
        "thằng nhỏ": ("thằng bé",),
        "ổng": ("ông ấy", "ông ta"),
        "bả": ("bà ấy", "bà ta"),
        "dữ lắm": ("kinh lắm", "ghê lắm"),
        "la": ("mắng",),
        "rầy": ("mắng",),
        "mướn": ("thuê",),
        "xài": ("dùng",),
    },
    {  # South
        "bố": ("ba", "tía"),
        "mẹ": ("má",),
        "không": ("hông", "hổng", "hong"),
        "tôi": ("tui",),
        "vào": ("vô",),
        "mãi": ("hoài", "miết"),
        "ngã": ("té",),
        "xem": ("coi",),
        "bọn": ("tụi",),
        "đánh": ("quýnh", "uýnh", "đánh"),
        "hôm nay": ("bữa nay",),
        "hôm trước": ("bữa hổm", "hôm bữa"),
        "lúc nãy": ("hồi nãy",),
        "vừa nãy": ("hồi nãy",),
        "tối qua": ("hồi hôm", "tối qua"),
        "con bé": ("con nhỏ",),
        "thằng bé": ("thằng nhỏ",),
        "ông ấy": ("ổng",),
        "bà ấy": ("bả",),
        "anh ấy": ("ảnh",),
        "chị ấy": ("chỉ",),
        "cô ấy": ("cổ",),
        "mắng": ("la", "rầy"),
        "thuê": ("mướn",),
        "dùng": ("xài",),
        "ốm": ("bịnh",),
        "vậy": ("dậy", "vậy á"),
        "ở trong": ("ở trỏng", "trong"),
        "làm sao": ("mần sao", "làm sao"),
        "bảo": ("biểu", "nói"),
        "thế": ("vậy",),
        "nhé": ("nghen", "nha"),
    },
    {  # Central
        "bố": ("ba", "bọ", "cha"),
        "mẹ": ("mạ", "mẹ"),
        "không": ("nỏ", "khôn", "không"),
        "gì": ("chi",),
        "đâu": ("mô",),
        "sao": ("răng",),
        "thế nào": ("răng", "như răng"),
        "thế": ("rứa",),
        "vậy": ("rứa",),
        "này": ("ni",),
        "kia": ("tê",),
        "ấy": ("nớ",),
        "bây giờ": ("bây chừ", "chừ"),
        "mày": ("mi",),
        "tao": ("tau",),
        "làm": ("mần", "làm"),
        "nhìn": ("ngó", "dòm"),
        "thấy": ("chộ", "thấy"),
        "đánh": ("đập", "đánh"),
        "lúc nãy": ("khi hồi", "hồi nãy"),
        "hôm qua": ("bữa qua", "hôm qua"),
        "ngã": ("bổ", "té"),
        "bọn": ("bầy", "tụi"),
        "tôi": ("tui",),
    },
)


def undressed(text: str, random: Random) -> str:
    """Without diacritics."""
    return fold(text)


def half_undressed(text: str, random: Random) -> str:
    """With the diacritics of some words only, as when a keyboard gives up."""
    share = random.uniform(0.3, 0.7)
    return _each(text, lambda word: fold(word) if random.random() < share else word)


def teencode(text: str, random: Random) -> str:
    """With short forms: the inverse of `vietnamese.teencode`, and sometimes without diacritics."""
    typed = _swapped(text, _SHORTS, random, 0.7)
    return fold(typed) if random.random() < 0.4 else typed


def slips_of_telex(text: str, random: Random) -> str:
    """Some words as the keys that Telex was given."""
    return _keys(text, _TELEX_MARKS, _TELEX_TONES, random)


def slips_of_vni(text: str, random: Random) -> str:
    """Some words as the keys that VNI was given."""
    return _keys(text, _VNI_MARKS, _VNI_TONES, random)


def slips_of_fingers(text: str, random: Random) -> str:
    """A letter dropped, doubled, swapped with the next or mistaken for its neighbour, in about every seventh word."""
    return _each(
        text, lambda word: _slipped(word, random) if len(word) > 2 and random.random() < 0.15 else word
    )


def sticky(text: str, random: Random) -> str:
    """Some words without the space between."""
    return _BETWEEN.sub(lambda _: "" if random.random() < 0.12 else " ", text)


def regional(text: str, random: Random) -> str:
    """In the words of another region."""
    return _swapped(text, random.choice(_REGIONS), random, 0.9)


def transcript(text: str, random: Random) -> str:
    """As a phone writes down speech: no punctuation, no capitals, fillers."""
    spoken = re.sub(r"[^\w\s]+", " ", text.lower()).split() or [text]
    parts = [f"{random.choice(_FILLERS)} {word}" if random.random() < 0.08 else word for word in spoken]
    return " ".join(parts)


def loud(text: str, random: Random) -> str:
    """In capitals."""
    return text.upper()


def stretched(text: str, random: Random) -> str:
    """With the last letter of a word repeated."""
    return _each(
        text, lambda word: word + word[-1] * random.randint(2, 4) if random.random() < 0.15 else word
    )


def ended(text: str, random: Random) -> str:
    """With an ending that people of every mood use, so that it comes to say little."""
    return text + random.choice(_ENDINGS)


STYLES: Mapping[str, Style] = {
    style.__name__: style
    for style in (
        undressed,
        half_undressed,
        teencode,
        slips_of_telex,
        slips_of_vni,
        slips_of_fingers,
        sticky,
        regional,
        transcript,
        loud,
        stretched,
        ended,
    )
}


def _each(text: str, change: Callable[[str], str]) -> str:
    return _WORD.sub(lambda found: change(found.group()), text)


def _swapped(text: str, table: Mapping[str, Sequence[str]], random: Random, share: float) -> str:
    """Replace phrases of a table, the longer ones first, each found one with the chance `share`."""
    words = re.split(r"(\s+)", unicodedata.normalize("NFC", text))
    place, made = 0, []
    while place < len(words):
        for size in (5, 3, 1):
            phrase = "".join(words[place : place + size])
            if (others := table.get(phrase.lower())) and random.random() < share:
                made.append(random.choice(others))
                place += size
                break
        else:
            made.append(words[place])
            place += 1
    return "".join(made)


def _keys(text: str, marks: Mapping[str, str], tones: Mapping[str, str], random: Random) -> str:
    def pressed(word: str) -> str:
        if random.random() > 0.35:
            return word
        toneless, tone = "", ""
        for mark in unicodedata.normalize("NFD", word.lower()):
            if mark in tones:
                tone = tones[mark]
            else:
                toneless += mark
        letters = unicodedata.normalize("NFC", toneless)
        return "".join(marks.get(letter, letter) for letter in letters) + tone

    return _each(unicodedata.normalize("NFC", text), pressed)


def _slipped(word: str, random: Random) -> str:
    place = random.randrange(1, len(word))
    before, letter, after = word[:place], word[place], word[place + 1 :]
    kind = random.randrange(4)
    if kind == 0:
        return before + after
    if kind == 1:
        return before + letter + letter + after
    if kind == 2:
        return before[:-1] + letter + before[-1] + after
    near = _NEAR.get(fold(letter).lower(), letter)
    return before + random.choice(near) + after
