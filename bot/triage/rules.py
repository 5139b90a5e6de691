"""The rules of triage, read from `content/triage.yml`, each with the examples that prove it.

`python -m bot.triage.rules content/triage.yml` checks the file, the lexicon beside it, and runs every example.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from bot.errors import ContentError
from bot.triage.lexicon import Strict, load_lexicon, read_content
from bot.triage.urgency import Urgency
from vietnamese.frames import SLOTS
from vietnamese.knowledge import WITHIN, Knowledge, knowledge, written

LEXICON = "lexicon.yml"


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
    within: int = Field(WITHIN, ge=1, le=60)
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


@dataclass(frozen=True, slots=True)
class Rule:
    """What it means that a frame is filled. A `certain` rule is not calmed by the model."""

    id: str
    urgency: Urgency
    reason: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """Every rule, the most urgent first, and the knowledge that finds them in a text: lexicon and frames."""

    knowledge: Knowledge
    rules: tuple[Rule, ...]
    examples: tuple[RuleEntry, ...]


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
        for name in _named(entry, file):
            if name not in lexicon.names:
                raise ContentError(path.name, entry.id, f"no such concept: {name}")
    rules = [
        Rule(entry.id, Urgency[entry.urgency.upper()], entry.reason, entry.certain) for entry in file.rules
    ]
    return Rules(
        knowledge(written(lexicon.model_dump(), file.model_dump())),
        tuple(sorted(rules, key=lambda rule: -rule.urgency)),
        tuple(file.rules),
    )


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


def _named(entry: RuleEntry, file: RuleFile) -> Iterator[str]:
    for slot in SLOTS:
        yield from getattr(entry, slot)
    yield from file.none_of if entry.none_of is None else entry.none_of
    yield from file.not_near if entry.not_near is None else entry.not_near


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
