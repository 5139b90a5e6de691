"""The rules of triage, read from `content/triage.yml`, each with the examples that prove it.

`python -m bot.triage.rules content/triage.yml` checks the file and runs every example.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import ContentError
from bot.triage.lexicon import Hit, Lexicon, Token
from bot.triage.urgency import Urgency

NEAR = 3
"""Words before and after a match in which `not_near` is looked for."""
FAR = 30
"""Words before and after a match in which `none_of` is looked for: a sentence or two."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleEntry(_Strict):
    """One rule as it is written down."""

    id: str = Field(pattern=r"^[a-z_0-9]+$")
    urgency: Literal["info", "concern", "urgent", "emergency"]
    reason: str = Field(min_length=5)
    all_of: list[str] = Field(min_length=1)
    within: int = Field(8, ge=1, le=40)
    in_order: bool = False
    none_of: list[str] = []
    not_near: list[str] = []
    fires: list[str] = Field(min_length=1)
    silent: list[str] = []


class RuleFile(_Strict):
    """The whole file."""

    source: str
    review_by: str
    idioms: list[str]
    concepts: dict[str, list[str]]
    wants_human: list[str]
    rules: list[RuleEntry]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule ready to be matched."""

    id: str
    urgency: Urgency
    reason: str
    all_of: tuple[str, ...]
    within: int
    in_order: bool
    none_of: frozenset[str]
    not_near: frozenset[str]

    def match(self, hits: dict[str, list[Hit]]) -> tuple[int, int] | None:
        """Give the span of words in which all concepts stand close together, if they do."""
        for first in hits.get(self.all_of[0], ()):
            span = self._span(first, hits)
            if span is not None and not self._excluded(span, hits):
                return span
        return None

    def _span(self, first: Hit, hits: dict[str, list[Hit]]) -> tuple[int, int] | None:
        low, high, last = first.start, first.end, first
        for concept in self.all_of[1:]:
            near = [hit for hit in self._near(first, hits.get(concept, [])) if self._fits(first, last, hit)]
            if not near:
                return None
            origin = first.start
            last = min(near, key=lambda hit: abs(hit.start - origin))
            low, high = min(low, last.start), max(high, last.end)
        return low, high

    def _near(self, first: Hit, hits: list[Hit]) -> list[Hit]:
        # By bisection: a long text with the same words over and over must stay cheap.
        low = bisect_left(hits, first.start - self.within, key=_start)
        return hits[low : bisect_right(hits, first.end + self.within, key=_start)]

    def _fits(self, first: Hit, last: Hit, hit: Hit) -> bool:
        if self.in_order:
            return last.end <= hit.start <= first.end + self.within
        apart = hit.end <= first.start or hit.start >= first.end
        return apart and abs(hit.start - first.start) <= self.within

    def _excluded(self, span: tuple[int, int], hits: dict[str, list[Hit]]) -> bool:
        return any(
            _any_within(hits.get(concept, []), span[0] - distance, span[1] + distance)
            for concepts, distance in ((self.none_of, FAR), (self.not_near, NEAR))
            for concept in concepts
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """Every rule, the most urgent first, and the lexicon they share."""

    lexicon: Lexicon
    rules: tuple[Rule, ...]
    examples: tuple[RuleEntry, ...]

    def hits(self, text: tuple[Token, ...]) -> dict[str, list[Hit]]:
        """Give what the lexicon finds, by concept."""
        by_concept: defaultdict[str, list[Hit]] = defaultdict(list)
        for hit in self.lexicon.hits(text):
            by_concept[hit.concept].append(hit)
        return by_concept


def load_rules(path: Path) -> Rules:
    """Read and check the rules.

    Raises:
        ContentError: naming the entry and what is wrong with it.
    """
    try:
        file = RuleFile.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError(path.name, ".".join(map(str, first["loc"])), first["msg"]) from None
    concepts = {**file.concepts, "wants_human": file.wants_human}
    for entry in file.rules:
        unknown = {*entry.all_of, *entry.none_of, *entry.not_near} - set(concepts)
        if unknown:
            raise ContentError(path.name, entry.id, f"no such concept: {', '.join(sorted(unknown))}")
    rules = sorted((_rule(entry) for entry in file.rules), key=lambda rule: -rule.urgency)
    return Rules(Lexicon(concepts, file.idioms), tuple(rules), tuple(file.rules))


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


def _any_within(hits: list[Hit], low: int, high: int) -> bool:
    return bisect_left(hits, low, key=_start) < bisect_left(hits, high, key=_start)


def _start(hit: Hit) -> int:
    return hit.start


def _rule(entry: RuleEntry) -> Rule:
    return Rule(
        entry.id,
        Urgency[entry.urgency.upper()],
        entry.reason,
        tuple(entry.all_of),
        entry.within,
        entry.in_order,
        frozenset(entry.none_of),
        frozenset(entry.not_near),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
