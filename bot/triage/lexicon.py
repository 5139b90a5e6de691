"""Finds the phrases of a lexicon in a text, however it is typed: with tone marks, without them, or half and half."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vietnamese.teencode import expand
from vietnamese.text import fold, views, words

EXACT = "="
"""A phrase that begins so is only found with its diacritics: without them it means other things too."""


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
class Phrase:
    """The words of a phrase, and whether diacritics are demanded."""

    concept: str
    tokens: tuple[Token, ...]
    exact: bool

    def at(self, text: tuple[Token, ...], start: int) -> bool:
        """Tell whether the phrase stands in the text at this word."""
        if start + len(self.tokens) > len(text):
            return False
        return all(
            _same(typed, wanted, self.exact)
            for typed, wanted in zip(text[start : start + len(self.tokens)], self.tokens, strict=True)
        )


class Lexicon:
    """Phrases by concept, looked up by the first word."""

    def __init__(self, concepts: Mapping[str, Iterable[str]], idioms: Iterable[str]) -> None:
        self._phrases: defaultdict[str, list[Phrase]] = defaultdict(list)
        for concept, phrases in [*concepts.items(), ("", idioms)]:
            for phrase in phrases:
                tokens = tokenise(phrase.removeprefix(EXACT))
                self._phrases[tokens[0].folded].append(Phrase(concept, tokens, phrase.startswith(EXACT)))

    def hits(self, text: tuple[Token, ...]) -> list[Hit]:
        """Give every phrase found, but not those made of the words of an idiom."""
        found = [
            Hit(phrase.concept, start, start + len(phrase.tokens))
            for start, token in enumerate(text)
            for phrase in self._phrases.get(token.folded, ())
            if phrase.at(text, start)
        ]
        masked = {place for hit in found if not hit.concept for place in range(hit.start, hit.end)}
        return [hit for hit in found if hit.concept and not masked.intersection(range(hit.start, hit.end))]


def tokenise(text: str) -> tuple[Token, ...]:
    """Give the words of a text, short forms spelt out."""
    return tuple(Token(word, fold(word)) for word in expand(words(views(text).unified)))


def _same(typed: Token, wanted: Token, exact: bool) -> bool:
    if typed.text == wanted.text:
        return True
    # Typed without diacritics: any word it could be. Typed with others: another word.
    return not exact and typed.text == typed.folded and typed.folded == wanted.folded
