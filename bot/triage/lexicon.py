"""The concept lexicon, read from `content/lexicon.yml` and checked; `vietnamese/concepts.py` finds it in texts."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import ContentError
from content.yaml_file import load
from vietnamese.concepts import EXACT, spelt

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

    @property
    def names(self) -> frozenset[str]:
        """The names that a rule may use: of groups and of concepts."""
        return frozenset(self.groups).union(*(entry.concepts for entry in self.groups.values()))


def load_lexicon(path: Path) -> LexiconFile:
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
                if not spelt(phrase).removeprefix(EXACT):
                    raise ContentError(path.name, f"{group}.{name}", f"no word in {phrase!r}")
                if concept.words.count(phrase) > 1:
                    raise ContentError(path.name, f"{group}.{name}", f"{phrase!r} stands twice")
    if WANTS_HUMAN not in seen:
        raise ContentError(path.name, WANTS_HUMAN, "this concept must be there")
    return file


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
