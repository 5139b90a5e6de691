"""Diacritics given back to a text typed without them: "bo danh em" is "bố đánh em".

Each word could be any spelling that our own text knows for it. How well spellings follow each other (pairs, mixed
with single words) decides among them: forward and backward sums give each spelling's chance, given the whole line.
The models read the likeliest spellings; people are shown only those that are as good as certain.

The file is one object of JSON: how often each word stands in our text, and each pair of neighbours. It is written by
`assistant/spelling.py` and lies beside the models that were trained with it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import mul
from pathlib import Path

from vietnamese.text import fold, fold_word

FORMAT = 1
WORDS_FILE = "words.model"
EDGE = "."
"""Stands before the first and after the last word."""
SURE = 0.95
"""Chance from which a spelling is shown to people. How it was chosen: docs/understanding.md."""
MOSTLY_BARE = 0.2
"""Share of words with diacritics from which a text is taken as typed: its bare words are meant to be bare."""
OPTIONS = 8
"""Spellings of a word that are weighed, the most common ones."""
LONGEST = 400
"""Words that are restored: more adds nothing but time."""
_UNSEEN = 0.5
_REMEMBERED = 4_096
Table = tuple[tuple[float, ...], ...]
Spelling = tuple[str, float]
"""A word with diacritics, and its chance."""


class WordsFileError(ValueError):
    """The file is not a word list of this version."""


@dataclass(frozen=True)
class Restorer:
    """The spellings of each word without diacritics, and how likely each follows those of the word before."""

    spellings: Mapping[str, Sequence[str]] = field(repr=False)
    follows: Callable[[str, str], Table] = field(repr=False)

    def likeliest(self, words: Sequence[str]) -> tuple[str, ...]:
        """Give the words, as many as came in, in their likeliest spelling; what has diacritics stays."""
        return self.restored(words, 0.0)

    def restored(self, words: Sequence[str], sure: float = SURE) -> tuple[str, ...]:
        """Give the words, as many as came in, each with its diacritics where their chance is at least `sure`."""
        read = zip(words, self.best(words[:LONGEST]), strict=False)
        return (*(best if chance >= sure else word for word, (best, chance) in read), *words[LONGEST:])

    def best(self, words: Sequence[str]) -> list[Spelling]:
        """Give the likeliest spelling of each word."""
        line = (EDGE, *words, EDGE)
        tables = [self.follows(left, right) for left, right in zip(line, line[1:], strict=False)]
        before: list[Sequence[float]] = [(1.0,)]
        for table in tables:
            before.append(_scaled([sum(map(mul, before[-1], column)) for column in zip(*table, strict=True)]))
        after: Sequence[float] = (1.0,)
        found = []
        for place in range(len(words), 0, -1):
            after = _scaled([sum(map(mul, row, after)) for row in tables[place]])
            chances = _scaled(list(map(mul, before[place], after)))
            chance = max(chances)
            found.append((_options(self.spellings, words[place - 1])[chances.index(chance)], chance))
        return found[::-1]


def mostly_bare(words: Sequence[str]) -> bool:
    """Tell whether these words were typed (nearly) without diacritics."""
    return sum(word != fold_word(word) for word in words) <= MOSTLY_BARE * len(words)


def open_words(path: Path) -> Restorer:
    """Open a word file.

    Raises:
        OSError: when it cannot be read.
        WordsFileError: when it is damaged or of another version.
    """
    try:
        facts = json.loads(path.read_bytes())
        if facts["format"] != FORMAT:
            raise ValueError
        return restorer(facts["words"], facts["pairs"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise WordsFileError(f"{path.name} is damaged or of another version; run: make train") from None


def words_beside(model: Path) -> Restorer | None:
    """Open the word file beside a model; nothing where there is none that can be used: reading goes on without."""
    try:
        return open_words(model.with_name(WORDS_FILE))
    except (OSError, WordsFileError):
        return None


def restorer(counts: Mapping[str, int], pairs: Mapping[str, Mapping[str, int]]) -> Restorer:
    """Give the restorer that these counts make."""
    spellings: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(counts, key=lambda word: -counts[word]):
        if len(spellings[fold(word)]) < OPTIONS:
            spellings[fold(word)].append(word)
    total = sum(counts.values()) + 1

    @lru_cache(_REMEMBERED)
    def follows(left: str, right: str) -> Table:
        # Witten and Bell: the more kinds of words were seen after a word, the more the pairs yield to the single words.
        options = _options(spellings, right)
        alone = [(counts.get(word, 0) + _UNSEEN) / total for word in options]
        rows = []
        for word in _options(spellings, left):
            seen = pairs.get(word, {})
            kinds = len(seen) + 1
            whole = counts.get(word, 0) + kinds
            known = [seen.get(option, 0) for option in options]
            rows.append(
                tuple((count + kinds * chance) / whole for count, chance in zip(known, alone, strict=True))
            )
        return tuple(rows)

    return Restorer(spellings, follows)


def _options(spellings: Mapping[str, Sequence[str]], word: str) -> Sequence[str]:
    return spellings.get(word) or (word,)


def _scaled(values: list[float]) -> list[float]:
    total = sum(values)
    return [value / total for value in values]
