"""Checks the training messages: `python -m assistant.examples [FILE OF MESSAGES FOR MEASURING …]`.

Refuses a message that stands twice, one that is nearly another with another label, and one kept for measuring.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from vietnamese.features import spelt_out
from vietnamese.text import fold
from vietnamese.urgency import LEVELS

FOLDER = Path(__file__).parent.parent / "data" / "nlu"
NEARLY = 0.9
"""Share of common word triples from which two messages count as one."""


@dataclass(frozen=True)
class Example:
    """A training message."""

    file: str
    intent: str
    urgency: str
    text: str

    @property
    def label(self) -> tuple[str, str]:
        return self.intent, self.urgency

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(map(fold, spelt_out(self.text)))

    @property
    def name(self) -> str:
        # Emoji and the like have no words; they are told apart as they were typed.
        return " ".join(self.words) or self.text


def load(folder: Path = FOLDER) -> list[Example]:
    """Give every training message."""
    return [example for file in sorted(folder.glob("*.yml")) for example in _of(file)]


def problems(examples: Sequence[Example], measuring: Sequence[str]) -> Iterator[str]:
    """Give what is wrong, a line each, naming the file."""
    kept = {fold(" ".join(spelt_out(text))) for text in measuring}
    seen: dict[str, Example] = {}
    for example in examples:
        if example.urgency not in LEVELS:
            yield f"{example.file}: {example.intent}: urgency {example.urgency!r} is not one of {', '.join(LEVELS)}"
        if example.name in kept:
            yield f"{example.file}: kept for measuring, must not be here: {example.text}"
        if other := seen.get(example.name):
            yield f"{example.file}: stands twice (also in {other.file}): {example.text}"
        seen.setdefault(example.name, example)
    for one, other in near(list(seen.values())):
        yield f"{one.file}: nearly the same, but {one.label} and {other.label}: {one.text} | {other.text}"


def near(examples: Sequence[Example]) -> Iterator[tuple[Example, Example]]:
    """Give the pairs of nearly equal messages with different labels."""
    triples = [_triples(example.words) for example in examples]
    places: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, found in enumerate(triples):
        common = Counter(other for triple in found for other in places[triple])
        for other, count in common.items():
            same = count / len(found | triples[other])
            if same >= NEARLY and examples[place].label != examples[other].label:
                yield examples[place], examples[other]
        for triple in found:
            places[triple].append(place)


def main(arguments: Sequence[str]) -> int:
    """Check; gives the exit status."""
    measuring = [
        str(json.loads(line)["text"])
        for name in arguments
        if Path(name).exists()
        for line in Path(name).read_text("utf-8").splitlines()
    ]
    examples = load()
    found = list(problems(examples, measuring))
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    print(f"{len(examples)} messages, {len({e.intent for e in examples})} intents, {len(found)} problems")
    return 1 if found else 0


def _of(file: Path) -> Iterator[Example]:
    content = yaml.load(file.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    for block in content.get("nlu", []):
        urgency = str((block.get("metadata") or {}).get("urgency"))
        for line in block["examples"].splitlines():
            yield Example(file.name, block["intent"], urgency, re.sub(r"^- ", "", line))


def _triples(words: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(words[place : place + 3] for place in range(len(words) - 2)) or frozenset([words])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
