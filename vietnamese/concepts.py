"""The phrases of the concept lexicon, and how they are found in a text however it is typed.

The phrases themselves are content (`content/lexicon.yml`); here they are plain data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vietnamese.teencode import expand
from vietnamese.text import fold_word, views, words

EXACT = "="
"""A phrase that begins so is only found with its diacritics: without them it means other things too."""
ACCENTED = 0.45
"""Share of words with diacritics from which a text is typed with them throughout: "hai" is two there, never "hài"."""
IDIOMS = "idioms"
"""The group whose phrases hide what stands inside them: "đánh răng" is no hitting."""
Groups = Mapping[str, Mapping[str, Sequence[str]]]
"""Group to concept to phrases, each as `spelt` gives it."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it was typed, and without diacritics."""

    text: str
    folded: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of a concept, from word `start` up to but not including word `end`."""

    concept: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    """The words of a phrase, and whether diacritics are demanded."""

    concept: str
    words: tuple[str, ...]
    exact: bool

    def at(self, text: Sequence[Token], start: int, bare: bool) -> bool:
        """Tell whether the phrase, whose letters stand in the text at this word, is meant there.

        `bare` tells that the text is typed without diacritics, so that a word without them may be any it could be.
        """
        return all(
            typed.text == wanted or (bare and not self.exact and typed.text == typed.folded)
            for typed, wanted in zip(text[start : start + len(self.words)], self.words, strict=True)
        )


@dataclass(slots=True)
class _Node:
    """A place in the tree of phrases: what may follow, and which phrases end here."""

    next: dict[str, _Node] = field(default_factory=dict)
    ends: list[_Phrase] = field(default_factory=list)


class Lexicon:
    """Phrases by concept, in a tree of their words without diacritics."""

    def __init__(self, groups: Groups) -> None:
        self.groups = {group: frozenset(concepts) for group, concepts in groups.items()}
        self._known = frozenset[str]().union(*self.groups.values())
        self._idioms = self.groups.get(IDIOMS, frozenset())
        self._root = _Node()
        for concepts in groups.values():
            for concept, phrases in concepts.items():
                for phrase in phrases:
                    self._add(concept, phrase)

    def concepts(self, name: str) -> frozenset[str]:
        """Give what a name in a rule stands for: a concept, or every concept of a group; nothing if unknown."""
        return self.groups.get(name, frozenset({name}) & self._known)

    def hits(self, text: Sequence[Token]) -> list[Hit]:
        """Give every phrase found, in the order of the text, but not those made of the words of an idiom."""
        bare = _bare(text)
        found = [hit for start in range(len(text)) for hit in self._at(text, start, bare)]
        longest: dict[int, int] = {}
        for hit in found:
            if hit.concept in self._idioms:
                for place in range(hit.start, hit.end):
                    longest[place] = max(longest.get(place, 0), hit.end - hit.start)
        # A phrase longer than the idiom is what was meant: "tạm biệt tất cả" is no "tất cả".
        return [
            hit
            for hit in found
            if not any(longest.get(place, 0) >= hit.end - hit.start for place in range(hit.start, hit.end))
        ]

    def _at(self, text: Sequence[Token], start: int, bare: bool) -> Iterator[Hit]:
        node: _Node | None = self._root
        for end in range(start, len(text)):
            node = node.next.get(text[end].folded) if node else None
            if node is None:
                return
            for phrase in node.ends:
                if phrase.at(text, start, bare):
                    yield Hit(phrase.concept, start, end + 1)

    def _add(self, concept: str, phrase: str) -> None:
        spelt_out, node = tuple(phrase.removeprefix(EXACT).split()), self._root
        for word in spelt_out:
            node = node.next.setdefault(fold_word(word), _Node())
        node.ends.append(_Phrase(concept, spelt_out, phrase.startswith(EXACT)))


def tokenise(text: str) -> tuple[Token, ...]:
    """Give the words of a text, short forms spelt out."""
    return tokens_of(words(views(text).unified))


def tokens_of(typed: Sequence[str]) -> tuple[Token, ...]:
    """Give the same for the words as they were typed."""
    return tuple(Token(word, fold_word(word)) for word in expand(typed))


def spelt(phrase: str) -> str:
    """Give a phrase as a text would be read; a phrase without a word has nothing left but its mark."""
    mark = EXACT if phrase.startswith(EXACT) else ""
    return mark + " ".join(token.text for token in tokenise(phrase.removeprefix(EXACT)))


def _bare(text: Sequence[Token]) -> bool:
    return sum(token.text != token.folded for token in text) < ACCENTED * len(text)
