"""The rules of triage, read from `content/triage.yml`, each with the examples that prove it.

`python -m bot.triage.rules content/triage.yml` checks the file, the lexicon beside it, and runs every example.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from bot.errors import ContentError
from bot.triage.lexicon import Hit, Lexicon, Strict, Token, load_lexicon, read_content
from bot.triage.urgency import Urgency

LEXICON = "lexicon.yml"
NEAR = 3
"""Words before and after a match in which `not_near` is looked for."""
FAR = 30
"""Words before and after a match in which `none_of` is looked for: a sentence or two."""
SLOTS = ("what", "who", "whom", "when", "beside")
"""The frame. The first of these that a rule fills is the one around which the others must stand."""


class RuleEntry(Strict):
    """One rule as it is written down: a frame of what happens, who does it, to whom, when, and what stands beside."""

    id: str = Field(pattern=r"^[a-z_0-9]+$")
    urgency: Literal["info", "concern", "urgent", "emergency"]
    reason: str = Field(min_length=5)
    certain: bool = False
    what: list[str] = []
    who: list[str] = []
    whom: list[str] = []
    when: list[str] = []
    beside: list[str] = []
    within: int = Field(8, ge=1, le=60)
    in_order: bool = False
    none_of: list[str] | None = None
    not_near: list[str] | None = None
    fires: list[str] = Field(min_length=2)
    silent: list[str] = Field(min_length=2)

    @model_validator(mode="after")
    def _says_something(self) -> RuleEntry:
        if not any(getattr(self, slot) for slot in SLOTS):
            raise ValueError(f"fill at least one of {', '.join(SLOTS)}")
        return self


class RuleFile(Strict):
    """The whole file; `none_of` and `not_near` hold for every rule that does not write its own."""

    source: str
    review_by: str
    none_of: list[str]
    not_near: list[str]
    rules: list[RuleEntry]


class Found:
    """What the lexicon found in a text. Rules share concepts, so what was brought together once is kept."""

    def __init__(self, hits: Iterable[Hit]) -> None:
        self._by_concept: defaultdict[str, list[Hit]] = defaultdict(list)
        for hit in hits:
            self._by_concept[hit.concept].append(hit)
        self._together: dict[frozenset[str], list[Hit]] = {}

    def of(self, concepts: frozenset[str]) -> list[Hit]:
        """Give the hits of any of these concepts, in the order of the text."""
        found = self._together.get(concepts)
        if found is None:
            found = [
                hit for concept in concepts & self._by_concept.keys() for hit in self._by_concept[concept]
            ]
            found.sort(key=_start)
            self._together[concepts] = found
        return found


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule ready to be matched. Each slot is a set of concepts, any of which fills it; the first is the anchor."""

    id: str
    urgency: Urgency
    reason: str
    certain: bool
    slots: tuple[tuple[str, frozenset[str]], ...]
    within: int
    in_order: bool
    none_of: frozenset[str]
    not_near: frozenset[str]

    def match(self, found: Found) -> tuple[int, int] | None:
        """Give the span of words in which every slot is filled close together, if they are."""
        anchors, *others = ((slot, found.of(concepts)) for slot, concepts in self.slots)
        if not all(hits for _, hits in others):
            return None
        for anchor in anchors[1]:
            span = self._span(anchor, others)
            if span is not None and not self._excluded(span, found):
                return span
        return None

    def _span(self, anchor: Hit, others: Sequence[tuple[str, list[Hit]]]) -> tuple[int, int] | None:
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

    def _excluded(self, span: tuple[int, int], found: Found) -> bool:
        return any(
            _any_within(found.of(concepts), span[0] - distance, span[1] + distance)
            for concepts, distance in ((self.none_of, FAR), (self.not_near, NEAR))
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """Every rule, the most urgent first, and the lexicon they share."""

    lexicon: Lexicon
    rules: tuple[Rule, ...]
    examples: tuple[RuleEntry, ...]

    def find(self, text: tuple[Token, ...]) -> Found:
        """Give what the lexicon finds."""
        return Found(self.lexicon.hits(text))


def load_rules(path: Path) -> Rules:
    """Read and check the rules, and the lexicon that lies beside them.

    Raises:
        ContentError: naming the file, the entry and what is wrong with it.
    """
    lexicon = load_lexicon(path.with_name(LEXICON))
    file = read_content(path, RuleFile)
    ids = [entry.id for entry in file.rules]
    for entry in file.rules:
        if ids.count(entry.id) > 1:
            raise ContentError(path.name, entry.id, "this id stands twice")
    rules = sorted(
        (_rule(entry, file, lexicon, path) for entry in file.rules), key=lambda rule: -rule.urgency
    )
    return Rules(lexicon, tuple(rules), tuple(file.rules))


def failing_examples(rules: Rules) -> list[str]:
    """Give every example that does not do what it is there to show."""
    from bot.triage.assess import assess

    failing = []
    for entry in rules.examples:
        for text in entry.fires:
            if entry.id not in {reason.rule for reason in assess(rules, text).reasons}:
                failing.append(f"{entry.id} should fire: {text}")
        for text in entry.silent:
            if entry.id in {reason.rule for reason in assess(rules, text).reasons}:
                failing.append(f"{entry.id} should be silent: {text}")
    return failing


def main(arguments: Sequence[str]) -> int:
    """Check a file of rules; gives the exit status."""
    try:
        rules = load_rules(Path(arguments[0]))
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    failing = failing_examples(rules)
    print("\n".join(failing), file=sys.stderr, end="\n" if failing else "")
    count = sum(len(entry.fires) + len(entry.silent) for entry in rules.examples)
    print(f"{len(rules.rules)} rules, {count} examples, {len(failing)} failing")
    return 1 if failing else 0


def _rule(entry: RuleEntry, file: RuleFile, lexicon: Lexicon, path: Path) -> Rule:
    def concepts(names: Sequence[str]) -> frozenset[str]:
        for name in names:
            if not lexicon.concepts(name):
                raise ContentError(path.name, entry.id, f"no such concept: {name}")
        return frozenset().union(*map(lexicon.concepts, names))

    return Rule(
        entry.id,
        Urgency[entry.urgency.upper()],
        entry.reason,
        entry.certain,
        tuple((slot, concepts(names)) for slot in SLOTS if (names := getattr(entry, slot))),
        entry.within,
        entry.in_order,
        concepts(file.none_of if entry.none_of is None else entry.none_of),
        concepts(file.not_near if entry.not_near is None else entry.not_near),
    )


def _apart(hit: Hit, taken: Sequence[Hit]) -> bool:
    return all(hit.end <= other.start or hit.start >= other.end for other in taken)


def _any_within(hits: list[Hit], low: int, high: int) -> bool:
    return bisect_left(hits, low, key=_start) < bisect_left(hits, high, key=_start)


def _start(hit: Hit) -> int:
    return hit.start


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
