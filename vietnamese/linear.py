"""A linear model in a plain file: scored in the gateway without Rasa, and in the assistant by the same code.

The file is one line of JSON (labels, biases) and one with the knowledge it was trained with; then for each bucket its
weight as a feature and its weight for each label, as 32-bit floats of this machine. These are mapped into memory, so
opening costs little and processes share them.
"""

from __future__ import annotations

import json
import math
import mmap
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vietnamese.features import BUCKETS, Vector, bucket_of, look, reading, spelt_out, vector
from vietnamese.knowledge import Knowledge, Seen, knowledge
from vietnamese.restore import Restorer, words_beside
from vietnamese.text import fold

FORMAT = 2
UNKNOWING = "null"
"""Stands for the knowledge where a model was trained with none."""
PHRASE = 5
"""Words of a phrase that is named as a reason, at most."""


class ModelFileError(ValueError):
    """The file is not a model of this version."""


@dataclass(frozen=True)
class LinearModel:
    """Labels, and one row of numbers per bucket: the feature's weight, then a weight for each label.

    `restorer` spells out what was typed without diacritics, as it did when the model was learned. Without it such text
    is read a little worse. `knowledge` is what the model was trained with: never another.
    """

    labels: tuple[str, ...]
    biases: tuple[float, ...]
    table: Sequence[float] = field(repr=False)
    restorer: Restorer | None = field(default=None, repr=False)
    knowledge: Knowledge | None = field(default=None, repr=False)

    def vector(self, text: str, seen: Seen | None = None) -> Vector:
        """Give a text as this model sees it; `seen`, if the whole of it was looked at already, saves a look."""
        width = len(self.labels) + 1
        if seen is None or seen.by is not self.knowledge:
            seen = look(text, self.knowledge)
        return vector(text, lambda bucket: self.table[bucket * width], self.restorer, seen)

    def chances(self, seen: Vector) -> dict[str, float]:
        """Give each label's probability; they add up to one."""
        width = len(self.labels) + 1
        scores = list(self.biases)
        for bucket, value in seen.items():
            row = self.table[bucket * width + 1 : (bucket + 1) * width]
            for place, weight in enumerate(row):
                scores[place] += value * weight
        top = max(scores)
        powers = [math.exp(score - top) for score in scores]
        total = sum(powers)
        return {label: power / total for label, power in zip(self.labels, powers, strict=True)}

    def telling(self, text: str, labels: Sequence[str], seen: Seen | None = None) -> str:
        """Give the phrase of a text, as it was typed, that speaks most for these labels; empty where none does."""
        typed = spelt_out(text)
        pulls = self._pulls(reading(text, self.restorer), self.vector(text, seen), labels)
        spans = [
            (sum(pulls[start:end]), start, end)
            for start in range(len(typed))
            for end in range(start + 1, min(start + PHRASE, len(typed)) + 1)
        ]
        value, start, end = max(spans, default=(0.0, 0, 0))
        return " ".join(typed[start:end]) if value > 0 else ""

    def _pulls(self, read: tuple[str, ...], seen: Vector, labels: Sequence[str]) -> list[float]:
        """Give what each word adds, alone and as part of its neighbours' groups."""
        pulls = [0.0] * len(read)
        for view, tokens in (("w", tuple(map(fold, read))), ("a", read)):
            for size in (1, 2, 3):
                for start in range(len(tokens) - size + 1):
                    bucket = bucket_of(f"{view}:{' '.join(tokens[start : start + size])}")
                    share = self._pull(bucket, labels) * seen.get(bucket, 0.0) / size
                    for place in range(start, start + size):
                        pulls[place] += share
        return pulls

    def _pull(self, bucket: int, labels: Sequence[str]) -> float:
        width = len(self.labels) + 1
        row = self.table[bucket * width + 1 : (bucket + 1) * width]
        named = [weight for label, weight in zip(self.labels, row, strict=True) if label in labels]
        return max(named) - sum(row) / len(row)


def open_model(path: Path) -> LinearModel:
    """Open a model file, and the words beside it.

    Raises:
        OSError: when it cannot be read.
        ModelFileError: when it is cut short, damaged or of another version.
    """
    with path.open("rb") as file:
        header, known = file.readline(), file.readline()
        start = file.tell()
        if not header:
            raise ModelFileError(f"{path.name} is empty; run: make train")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        facts = json.loads(header)
        labels, biases = tuple(facts["labels"]), tuple(map(float, facts["biases"]))
        current = facts["format"] == FORMAT and facts["buckets"] == BUCKETS
        if not current or len(mapped) != start + 4 * BUCKETS * (len(labels) + 1):
            raise ModelFileError(f"{path.name} is damaged or of another version; run: make train")
        concepts = _known(known.decode().strip())
    except ModelFileError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ModelFileError(f"{path.name} is not a model file; run: make train") from None
    table = memoryview(mapped)[start:].cast("f")
    return LinearModel(labels, biases, table, words_beside(path), concepts)


def header_of(labels: Sequence[str], biases: Sequence[float], written: str = UNKNOWING) -> bytes:
    """Give the two lines of text of a model file, padded so that the numbers after them are aligned."""
    facts = {"format": FORMAT, "buckets": BUCKETS, "labels": list(labels), "biases": list(biases)}
    lines = f"{json.dumps(facts)}\n{written}".encode()
    return lines + b" " * (-(len(lines) + 1) % 8) + b"\n"


def _known(written: str) -> Knowledge | None:
    return None if written == UNKNOWING else knowledge(written)
