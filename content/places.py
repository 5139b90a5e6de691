"""Where a person is: places by old and new names in any spelling, from `content/places.yml`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from content import fields
from content.yaml_file import Document, parse
from vietnamese.entities import Entity, Names
from vietnamese.keyboard import repaired
from vietnamese.text import fold, views, words

FILE = "places.yml"
NAMES = {"also", "towns", "careful"}
PLACE_WORDS = frozenset(
    words("o tai tinh tp pho huyen quan xa phuong thi ben ngoai trong duoi tren tu ve cho mien")
)
"""Words, without diacritics, after which a place is named: "ở", "tại", "tỉnh", …"""
KINDS = frozenset(words("xã phường huyện quận tỉnh ấp thôn bản buôn xóm làng"))
PAIRS = frozenset({("thị", "trấn"), ("thị", "xã"), ("thành", "phố"), ("khu", "phố")})
NO_NAMES = frozenset(
    words(
        "nhà trường lớp đây đó đấy đâu gần trên trong ngoài dưới bên chỗ nơi nào mô với một chung trọ quê xa cạnh sau "
        "trước giữa cùng riêng lại khách đường ngõ cơ nước tỉnh huyện xã phường quận vùng khu cái cũ mới mình em con "
        "tôi tui nội ngoại bà ông ba bố mẹ má cô chú cháu ký kí bệnh viện công an việt nam đang thì là có này kia ấy"
    )
)
"""Words after "ở" or "xã" that name no place."""


@dataclass(frozen=True)
class Place:
    """A place by its name, its province until June 2025, and its province or city (`area`) since July 2025."""

    name: str
    old: str
    area: str

    @property
    def moved(self) -> bool:
        """Whether the province it belonged to has another name now."""
        return self.old != self.area


@dataclass(frozen=True)
class Mention:
    """Where a text names a place, as it was typed, and each place that has this name."""

    start: int
    end: int
    typed: str
    places: tuple[Place, ...]

    @property
    def name(self) -> str:
        """The name as it is written, where it is the same for all."""
        names = {place.name for place in self.places}
        return names.pop() if len(names) == 1 else self.typed

    @property
    def areas(self) -> tuple[str, ...]:
        """The provinces of today in which a place has this name."""
        return tuple(dict.fromkeys(place.area for place in self.places))


class Places:
    """Finds the places that a text names."""

    def __init__(self, places: Iterable[tuple[Place, str, bool]]) -> None:
        self._places: dict[str, tuple[Place, bool]] = {}
        names: dict[str, list[str]] = {}
        for place, spelling, careful in places:
            key = f"{place.old}/{spelling}"
            self._places[key] = (place, careful)
            names[key] = [spelling]
        self._names = Names("place", names)
        self.areas = frozenset(place.area for place, _ in self._places.values())
        self.old = frozenset(place.old for place, _ in self._places.values())

    def find(self, text: str) -> list[Mention]:
        """Give every place that is named, from the text's beginning; a name under several provinces is one mention."""
        found: dict[tuple[int, int], list[Place]] = {}
        for entity in self._names.find(text):
            place, careful = self._places[entity.value]
            if not careful or _marked(text, entity):
                found.setdefault((entity.start, entity.end), []).append(place)
        return [Mention(*span, text[slice(*span)], _likely(places)) for span, places in found.items()]

    def meant(self, text: str) -> list[Mention]:
        """Give what `find` gives, also where words came out as the keys pressed, or with the wrong tone mark."""
        typed = " ".join(map(repaired, words(views(text).unified)))
        return self.find(text) or self.find(typed) or self._misspelt(fold(typed))

    def _misspelt(self, folded: str) -> list[Mention]:
        # "ở Vủng Tàu": believed only after a place word, since without diacritics many words look like a place.
        return [mention for mention in self.find(folded) if _marked(folded, mention)]


def settle(mentions: list[Mention]) -> list[Mention]:
    """Let the places that are certain decide what the uncertain ones mean: "Châu Thành, Hậu Giang" is one place."""
    sure = {mention.areas[0] for mention in mentions if len(mention.areas) == 1}
    settled = []
    for mention in mentions:
        near = tuple(place for place in mention.places if place.area in sure)
        settled.append(replace(mention, places=near or mention.places))
    return settled


def names_unknown_place(text: str) -> bool:
    """Tell whether a text, in which no place was found, still names one: "ở Xyz", "xã Abc"."""
    said = words(text.lower())
    after = [word for before, word in pairwise(said) if fold(before) in ("o", "tai") or before in KINDS]
    after += [said[place + 2] for place in range(len(said) - 2) if said[place : place + 2] in PAIRS]
    common = NO_NAMES | set(map(fold, NO_NAMES))
    return any(word not in common and not word.isdigit() for word in after)


def read_places(text: str, file: str = FILE) -> Places:
    """Read and check the table of places.

    Raises:
        ContentFileError: naming file, line, entry and reason.
    """
    document = parse(text, file)
    tree = document.read((), document.tree, fields.parts)
    for key, reader in (("source", fields.texts), ("date_checked", fields.day), ("review_by", fields.day)):
        document.read((key,), tree.get(key), reader)
    areas = document.read(("places",), tree.get("places"), fields.parts)
    return Places(item for area in areas for item in _area(document, ("places", area), areas[area]))


def _area(document: Document, path: tuple[str, ...], provinces: Any) -> list[tuple[Place, str, bool]]:
    found = []
    for old, names in document.read(path, provinces, fields.parts).items():
        here = (*path, old)
        names = document.read(here, {} if names is None else names, fields.parts)
        if unknown := names.keys() - NAMES:
            raise document.wrong(here, f"no such field: {', '.join(sorted(unknown))}")
        lists = {key: document.read((*here, key), value, fields.texts) for key, value in names.items()}
        found += [(Place(old, old, path[-1]), spelling, False) for spelling in (old, *lists.get("also", ()))]
        for key in ("towns", "careful"):
            found += [
                (Place(_shown(name, old), old, path[-1]), name, key == "careful")
                for name in lists.get(key, ())
            ]
    return found


def _shown(name: str, old: str) -> str:
    # Nobody reads "BR-VT nay thuộc …": letters alone stand for the province.
    return old if name.isupper() or name[1:].isdigit() else name


def _likely(places: list[Place]) -> tuple[Place, ...]:
    """A province is meant before a town of the same name."""
    provinces = tuple(place for place in places if place.name == place.old)
    return provinces or tuple(places)


def _marked(text: str, named: Entity | Mention) -> bool:
    before = words(text[: named.start])
    alone = not before and not words(text[named.end :])
    return alone or bool(before) and fold(before[-1].lower()) in PLACE_WORDS
