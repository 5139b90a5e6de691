"""What the models see of a text: words, word groups, letter groups, marks and concepts, as numbers of buckets.

Several views of one text stand side by side, so that it is recognised with tone marks, without them, and half and half.
A feature is a string; its bucket is a hash of it, so no dictionary has to be kept.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from zlib import crc32

from vietnamese.knowledge import Knowledge, Seen
from vietnamese.regional import standard
from vietnamese.restore import Restorer, mostly_bare
from vietnamese.teencode import expand
from vietnamese.text import fold_word, views, words

BUCKETS = 1 << 20
LONGEST = 2_000
"""Characters that are read: more adds nothing but time."""
SKIPS = range(2, 6)
LETTERS = range(2, 6)
_MARK = re.compile(
    r"[=:;xX]+[)(]+|:v|:3|[?!]+|\.{2,}|\b(?:ha|hi|he|hj|kk)+\b|[\U0001F300-\U0001FAFF]|[\"“]|\d+"
)
_RUN = re.compile(r"(.)\1+")
_ONCE = r"\1"
Vector = dict[int, float]
"""Bucket to value."""


def spelt_out(text: str) -> tuple[str, ...]:
    """Give the words of a text, short forms spelt out, with the diacritics that were typed."""
    return expand(words(views(text[:LONGEST]).unified))


def reading(text: str, restorer: Restorer | None, seen: Seen | None = None) -> tuple[str, ...]:
    """Give the same words, as many, in their likeliest spelling where they were typed without diacritics."""
    typed = words(views(text[:LONGEST]).unified) if seen is None else seen.typed
    plain = expand(typed) if seen is None else tuple(token.text for token in seen.tokens)
    return restorer.likeliest(plain) if restorer is not None and mostly_bare(typed) else plain


def look(text: str, known: Knowledge | None) -> Seen | None:
    """Give what is seen in the part of a text that is read; nothing where nothing is known."""
    return known.look(text[:LONGEST]) if known is not None else None


def blocks(text: str, restorer: Restorer | None = None, seen: Seen | None = None) -> tuple[Counter[str], ...]:
    """Give the features of a text, a counter for each way of looking at it; the last from what knowledge sees in it."""
    typed = reading(text, restorer, seen)
    plain = standard(typed)
    folded = tuple(map(fold_word, typed))
    groups, typed_groups = Counter(_groups("w", folded, 3)), Counter(_groups("a", typed, 2))
    if plain != typed:
        # The groups of the standard words stand beside those of the regional ones.
        groups |= Counter(_groups("w", tuple(map(fold_word, plain)), 3))
        typed_groups |= Counter(_groups("a", plain, 2))
    return (
        groups,
        typed_groups,
        Counter(_letters(folded)),
        Counter(_pairs(folded)),
        Counter(_marks(text[:LONGEST])),
        Counter(_ends(folded)),
        seen.features() if seen is not None else Counter(),
    )


def vector(
    text: str, weight_of: Callable[[int], float], restorer: Restorer | None = None, seen: Seen | None = None
) -> Vector:
    """Give a text as numbers: term frequency, damped, times `weight_of` its bucket; each block of length one."""
    result: Vector = {}
    for block in blocks(text, restorer, seen):
        found: Vector = {}
        for feature, count in block.items():
            bucket = bucket_of(feature)
            if weight := weight_of(bucket):
                found[bucket] = found.get(bucket, 0.0) + (1.0 + math.log(count)) * weight
        length = math.sqrt(sum(value * value for value in found.values()))
        for bucket, value in found.items():
            result[bucket] = result.get(bucket, 0.0) + value / length
    return result


def bucket_of(feature: str) -> int:
    """Give the number of a feature's bucket."""
    return crc32(feature.encode("utf-8", "surrogatepass")) % BUCKETS


def _marks(text: str) -> Iterator[str]:
    # How someone laughs, asks or counts says more about need than one might think: it cut false alarms by a third.
    for mark in _MARK.findall(text):
        yield f"m:{len(mark[:4])} digits" if mark.isdigit() else f"m:{_RUN.sub(_ONCE, mark)}"
    yield f"m:length {round(2 * math.log2(len(text.split()) + 1))}"
    if text.rstrip().endswith("?"):
        yield "m:ends as a question"


def _ends(tokens: tuple[str, ...]) -> Iterator[str]:
    for size in (1, 2, 3):
        yield f"s:{' '.join(tokens[:size])}"
        yield f"e:{' '.join(tokens[-size:])}"


def _groups(view: str, tokens: tuple[str, ...], longest: int) -> Iterator[str]:
    for size in range(1, longest + 1):
        for start in range(len(tokens) - size + 1):
            yield f"{view}:{' '.join(tokens[start : start + size])}"


def _pairs(tokens: tuple[str, ...]) -> Iterator[str]:
    for start, token in enumerate(tokens):
        for other in tokens[start + SKIPS.start : start + SKIPS.stop]:
            yield f"p:{token} {other}"


def _letters(tokens: tuple[str, ...]) -> Iterator[str]:
    for token in tokens:
        padded = f" {token} "
        for size in LETTERS:
            if len(padded) <= size:
                yield f"l:{padded}"
                break
            for start in range(len(padded) - size + 1):
                yield f"l:{padded[start : start + size]}"
