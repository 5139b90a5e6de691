"""Frames over concepts: what happens, who does it, to whom, when, and what stands beside, close together in a text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vietnamese.concepts import Hit

NEAR = 3
"""Words before and after a match in which `not_near` is looked for."""
FAR = 30
"""Words before and after a match in which `none_of` is looked for: a sentence or two."""
SLOTS = ("what", "who", "whom", "when", "beside")
"""The frame. The first of these that is filled is the one around which the others must stand."""
Span = tuple[int, int]
"""From word, up to but not including word."""


class Found:
    """What the lexicon found in a text. Frames share concepts, so what was brought together once is kept."""

    def __init__(self, hits: Iterable[Hit]) -> None:
        self._by_concept: defaultdict[str, list[Hit]] = defaultdict(list)
        for hit in hits:
            self._by_concept[hit.concept].append(hit)
        self._together: dict[frozenset[str], list[Hit]] = {}
        self.concepts = frozenset(self._by_concept)

    def of(self, concepts: frozenset[str]) -> list[Hit]:
        """Give the hits of any of these concepts, in the order of the text."""
        found = self._together.get(concepts)
        if found is None:
            found = [hit for concept in concepts & self.concepts for hit in self._by_concept[concept]]
            found.sort(key=_start)
            self._together[concepts] = found
        return found


@dataclass(frozen=True, slots=True)
class Frame:
    """Each slot is a set of concepts, any of which fills it; the first slot is the anchor."""

    id: str
    slots: tuple[tuple[str, frozenset[str]], ...]
    within: int
    in_order: bool
    none_of: frozenset[str]
    not_near: frozenset[str]

    def match(self, found: Found) -> Span | None:
        """Give the span of words in which every slot is filled close together, if they are."""
        if any(concepts.isdisjoint(found.concepts) for _, concepts in self.slots):
            return None
        anchors, *others = ((slot, found.of(concepts)) for slot, concepts in self.slots)
        for anchor in anchors[1]:
            span = self._span(anchor, others)
            if span is not None and not self._excluded(span, found):
                return span
        return None

    def _span(self, anchor: Hit, others: Sequence[tuple[str, list[Hit]]]) -> Span | None:
        taken = [anchor]
        for slot, hits in others:
            # By bisection: a long text with the same words over and over must stay cheap.
            low = bisect_left(hits, anchor.start - self.within, key=_start)
            near = hits[low : bisect_right(hits, anchor.end + self.within, key=_start)]
            fitting = [hit for hit in near if self._fits(slot, anchor, hit, taken)]
            if not fitting:
                return None
            taken.append(min(fitting, key=lambda hit: abs(hit.start - anchor.start)))
        return min(hit.start for hit in taken), max(hit.end for hit in taken)

    def _fits(self, slot: str, anchor: Hit, hit: Hit, taken: Sequence[Hit]) -> bool:
        if slot == "whom" and anchor.start <= hit.start and hit.end <= anchor.end:
            # "ôm em" says with its own words to whom.
            return True
        if self.in_order and slot == "who" and hit.end > anchor.start:
            return False
        if self.in_order and slot == "whom" and hit.start < anchor.end:
            return False
        return _apart(hit, taken)

    def _excluded(self, span: Span, found: Found) -> bool:
        return any(
            _any_within(found.of(concepts), span[0] - distance, span[1] + distance)
            for concepts, distance in ((self.none_of, FAR), (self.not_near, NEAR))
        )


def _apart(hit: Hit, taken: Sequence[Hit]) -> bool:
    return all(hit.end <= other.start or hit.start >= other.end for other in taken)


def _any_within(hits: list[Hit], low: int, high: int) -> bool:
    return bisect_left(hits, low, key=_start) < bisect_left(hits, high, key=_start)


def _start(hit: Hit) -> int:
    return hit.start
