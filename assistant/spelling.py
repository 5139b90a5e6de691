"""How the words of our own text are counted, so that diacritics can be given back: see `vietnamese/restore.py`."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from vietnamese.features import spelt_out
from vietnamese.restore import EDGE, FORMAT
from vietnamese.text import fold

ACCENTED = 0.4
"""Share of words with diacritics from which a text shows how words are spelt: most lie well above."""
SEEN = 2
"""Times that a spelling must stand in our text: what stands once is more often a slip than a word."""
Pairs = dict[str, dict[str, int]]


def count_words(texts: Iterable[str]) -> tuple[dict[str, int], Pairs]:
    """Give how often each word and each pair of neighbours stands in those texts that have diacritics."""
    lines = [line for line in map(spelt_out, texts) if _shows_spelling(line)]
    counts = Counter(word for line in lines for word in line)
    known = {EDGE: len(lines), **{word: count for word, count in counts.items() if count >= SEEN}}
    pairs: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        for left, right in zip((EDGE, *line), (*line, EDGE), strict=True):
            if left in known and right in known:
                pairs[left][right] += 1
    return known, {word: dict(after) for word, after in pairs.items()}


def write_words(path: Path, counts: dict[str, int], pairs: Pairs) -> None:
    """Write the file that `vietnamese.restore.open_words` opens."""
    facts = {"format": FORMAT, "words": counts, "pairs": pairs}
    path.write_text(json.dumps(facts, ensure_ascii=False, separators=(",", ":")), "utf-8")


def _shows_spelling(words: tuple[str, ...]) -> bool:
    return sum(word != fold(word) for word in words) >= ACCENTED * len(words) > 0
