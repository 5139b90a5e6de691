"""The concept lexicon, read from `content/lexicon.yml`, and how its phrases are found in a text however it is typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import ContentError
from content.yaml_file import load
from vietnamese.teencode import expand
from vietnamese.text import fold, views, words

EXACT = "="
"""A phrase that begins so is only found with its diacritics: without them it means other things too."""
ACCENTED = 0.45
"""Share of words with diacritics from which a text is typed with them throughout: "hai" is two there, never "hài"."""
IDIOMS = "idioms"
"""The group whose phrases hide what stands inside them: "đánh răng" is no hitting."""
WANTS_HUMAN = "wants_human"
"""The concept that opens a case by itself: who asks for a person gets one."""


class Strict(BaseModel):
    """What is written in a content file: nothing else may stand there."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ConceptEntry(Strict):
    """A concept as it is written down: what it means, and how people say it."""

    about: str = Field(min_length=3)
    words: list[str] = Field(min_length=1)


class GroupEntry(Strict):
    """Concepts that answer one question: who, does what, when."""

    about: str = Field(min_length=3)
    concepts: dict[str, ConceptEntry] = Field(min_length=1)


class LexiconFile(Strict):
    """The whole file."""

    source: str
    review_by: str
    groups: dict[str, GroupEntry]


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

    def at(self, text: tuple[Token, ...], start: int, bare: bool) -> bool:
        """Tell whether the phrase, whose letters stand in the text at this word, is meant there.

        `bare` tells that the text is typed without diacritics, so that a word without them may be any it could be.
        """
        return all(
            typed.text == wanted.text or (bare and not self.exact and typed.text == typed.folded)
            for typed, wanted in zip(text[start : start + len(self.tokens)], self.tokens, strict=True)
        )


@dataclass(slots=True)
class _Node:
    """A place in the tree of phrases: what may follow, and which phrases end here."""

    next: dict[str, _Node] = field(default_factory=dict)
    ends: list[Phrase] = field(default_factory=list)


class Lexicon:
    """Phrases by concept, in a tree of their words without diacritics."""

    def __init__(self, groups: Mapping[str, Mapping[str, Iterable[str]]]) -> None:
        self.groups = {group: frozenset(concepts) for group, concepts in groups.items()}
        self._idioms = self.groups.get(IDIOMS, frozenset())
        self._root = _Node()
        for concepts in groups.values():
            for concept, phrases in concepts.items():
                for phrase in phrases:
                    self._add(concept, phrase)

    def concepts(self, name: str) -> frozenset[str]:
        """Give what a name in a rule stands for: a concept, or every concept of a group; nothing if unknown."""
        known = frozenset().union(*self.groups.values())
        return self.groups.get(name, frozenset({name}) & known)

    def hits(self, text: tuple[Token, ...]) -> list[Hit]:
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

    def _at(self, text: tuple[Token, ...], start: int, bare: bool) -> Iterator[Hit]:
        node: _Node | None = self._root
        for end in range(start, len(text)):
            node = node.next.get(text[end].folded) if node else None
            if node is None:
                return
            for phrase in node.ends:
                if phrase.at(text, start, bare):
                    yield Hit(phrase.concept, start, end + 1)

    def _add(self, concept: str, phrase: str) -> None:
        tokens, node = tokenise(phrase.removeprefix(EXACT)), self._root
        for token in tokens:
            node = node.next.setdefault(token.folded, _Node())
        node.ends.append(Phrase(concept, tokens, phrase.startswith(EXACT)))


def load_lexicon(path: Path) -> Lexicon:
    """Read and check the lexicon.

    Raises:
        ContentError: naming the file, the entry and what is wrong with it.
    """
    file = read_content(path, LexiconFile)
    seen = set(file.groups)
    for group, entry in file.groups.items():
        for name, concept in entry.concepts.items():
            if name in seen:
                raise ContentError(path.name, f"{group}.{name}", "this name stands twice")
            seen.add(name)
            for phrase in concept.words:
                if not tokenise(phrase.removeprefix(EXACT)):
                    raise ContentError(path.name, f"{group}.{name}", f"no word in {phrase!r}")
                if concept.words.count(phrase) > 1:
                    raise ContentError(path.name, f"{group}.{name}", f"{phrase!r} stands twice")
    if WANTS_HUMAN not in seen:
        raise ContentError(path.name, WANTS_HUMAN, "this concept must be there")
    return Lexicon(
        {
            group: {name: concept.words for name, concept in entry.concepts.items()}
            for group, entry in file.groups.items()
        }
    )


Content = TypeVar("Content", bound=BaseModel)


def read_content(path: Path, kind: type[Content]) -> Content:
    """Read a content file.

    Raises:
        ContentError: when it is no YAML, or not of this kind.
    """
    try:
        return kind.model_validate(load(path.read_text("utf-8")))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else "file"
        raise ContentError(path.name, line, getattr(error, "problem", None) or "no YAML") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError(path.name, ".".join(map(str, first["loc"])), first["msg"]) from None


def tokenise(text: str) -> tuple[Token, ...]:
    """Give the words of a text, short forms spelt out."""
    return tuple(Token(word, fold(word)) for word in expand(words(views(text).unified)))


def _bare(text: tuple[Token, ...]) -> bool:
    return sum(token.text != token.folded for token in text) < ACCENTED * len(text)
