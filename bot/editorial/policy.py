"""The rules of wording, the list of topics and the sources, read from `content/` and checked."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.editorial.answers import Audience
from bot.errors import ContentError

CONTENT = Path(__file__).parents[2] / "content"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Voice(_Strict):
    """How one audience is spoken to, and how much at once."""

    title: str
    needs: list[str] = []
    never: list[str]
    never_on_buttons: list[str] = []
    words: int
    characters: int
    steps: int
    plain: int


class Forbidden(_Strict):
    """Phrases that no answer may hold; `even_denied`: not even after "không" or "đừng"."""

    reason: str
    phrases: list[str] = Field(min_length=1)
    even_denied: bool = False


class Allowed(_Strict):
    """One exception to one rule."""

    answer: str
    rule: str
    audience: Audience | None = None
    reason: str = Field(min_length=10)


class Wording(_Strict):
    """`content/wording.yml`."""

    review_by: date
    voices: dict[Audience, Voice]
    denials: list[str]
    steps: list[str]
    heavy: list[str]
    telling: list[str]
    first_characters: int
    forbidden: dict[str, Forbidden]
    allowed: list[Allowed] = []


class Topic(_Strict):
    """One subject that people ask about; `risk`: every answer of it names 111."""

    id: str = Field(pattern=r"^[a-z_0-9]+$")
    title: str
    answers: list[str] = Field(min_length=1)
    risk: bool = False


class Group(_Strict):
    """Topics that are read together."""

    title: str
    topics: list[Topic]


class Topics(_Strict):
    """`content/topics.yml`."""

    groups: list[Group]
    moments: dict[str, str] = {}

    def all(self) -> list[Topic]:
        """Give every topic, in order."""
        return [topic for group in self.groups for topic in group.topics]


class Source(_Strict):
    """Where a fact comes from; `date` as printed there, empty when unknown."""

    title: str
    publisher: str = ""
    date: str = ""
    url: str = ""


class Sources(_Strict):
    """`content/sources.yml`."""

    sources: dict[str, Source]


class Policy(_Strict):
    """All that answers are held against."""

    wording: Wording
    topics: Topics
    sources: dict[str, Source]


Model = TypeVar("Model", bound=BaseModel)


def load_policy(folder: Path = CONTENT) -> Policy:
    """Read and check the three files.

    Raises:
        ContentError: naming the file, the entry and what is wrong with it.
    """
    return Policy(
        wording=_read(folder / "wording.yml", Wording),
        topics=_read(folder / "topics.yml", Topics),
        sources=_read(folder / "sources.yml", Sources).sources,
    )


def _read(path: Path, model: type[Model]) -> Model:
    try:
        raw: Any = yaml.safe_load(path.read_text("utf-8"))
        return model.model_validate(raw)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentError(path.name, f"line {line}", str(error.problem)) from None
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError(path.name, ".".join(map(str, first["loc"])), first["msg"]) from None
