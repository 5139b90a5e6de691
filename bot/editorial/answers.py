"""Every answer as it is written, with the file and the line where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from yaml.nodes import MappingNode, Node

from bot.errors import ContentError

ROOT = Path(__file__).parents[2]
PREFIX = "utter_"
Audience = Literal["child", "adult", "neutral"]
AUDIENCES: tuple[Audience, ...] = ("child", "adult", "neutral")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer in one voice; `name` is Rasa's without "utter_" ("faq/physical_help")."""

    name: str
    audience: Audience
    text: str
    buttons: tuple[str, ...]
    sources: tuple[str, ...]
    review_by: date | None
    needs_sign_off: bool
    file: str
    line: int
    image: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """All answers in the order of their files, and the training messages of every intent, the canonical one first."""

    answers: tuple[Answer, ...]
    questions: dict[str, tuple[str, ...]]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Condition(_Strict):
    type: Literal["slot"]
    name: Literal["audience"]
    value: Literal["child", "adult"]


class _Button(_Strict):
    title: str = Field(min_length=1)
    payload: str = Field(min_length=1)


class _Metadata(_Strict):
    sources: list[str] = Field(min_length=1)
    review_by: date
    needs_sign_off: bool = False


class _Variant(_Strict):
    text: str = Field(min_length=1)
    condition: list[_Condition] = Field([], max_length=1)
    buttons: list[_Button] = []
    metadata: _Metadata | None = None
    image: str | None = None


def load_content(root: Path = ROOT) -> Content:
    """Read `data/nlu/*.yml` and `domain.yml`.

    Raises:
        ContentError: naming the file, the line and what is wrong there.
    """
    answers: list[Answer] = []
    questions: dict[str, tuple[str, ...]] = {}
    for path in [*sorted((root / "data" / "nlu").glob("*.yml")), root / "domain.yml"]:
        file = path.relative_to(root).as_posix()
        tree = _compose(path, file)
        answers.extend(_answers(tree, file))
        for intent, examples in _examples(tree):
            questions[intent] = questions.get(intent, ()) + examples
    return Content(tuple(answers), questions)


def _compose(path: Path, file: str) -> MappingNode:
    try:
        tree = yaml.compose(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentError(file, f"line {line}", str(error.problem)) from None
    if not isinstance(tree, MappingNode):
        raise ContentError(file, "line 1", "the file holds no entries")
    return tree


def _answers(tree: MappingNode, file: str) -> Iterator[Answer]:
    responses = _child(tree, "responses")
    for key, variants in responses.value if isinstance(responses, MappingNode) else []:
        for variant in variants.value:
            line = variant.start_mark.line + 1
            try:
                read = _Variant.model_validate(_value(variant))
            except (ValidationError, yaml.YAMLError) as error:
                raise ContentError(file, f"line {line}", f"{key.value}: {_first(error)}") from None
            yield _answer(key.value.removeprefix(PREFIX), read, file, line)


def _answer(name: str, read: _Variant, file: str, line: int) -> Answer:
    about = read.metadata
    return Answer(
        name=name,
        audience=read.condition[0].value if read.condition else "neutral",
        text=read.text,
        buttons=tuple(button.payload for button in read.buttons),
        sources=tuple(about.sources) if about else (),
        review_by=about.review_by if about else None,
        needs_sign_off=about.needs_sign_off if about else False,
        file=file,
        line=line,
        image=read.image or "",
    )


def _examples(tree: MappingNode) -> Iterator[tuple[str, tuple[str, ...]]]:
    blocks = _child(tree, "nlu")
    for block in blocks.value if blocks else []:
        intent, examples = _child(block, "intent"), _child(block, "examples")
        if intent and examples:
            yield intent.value, tuple(line.removeprefix("- ") for line in examples.value.splitlines())


def _child(node: Node, name: str) -> Node | None:
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((value for key, value in pairs if key.value == name), None)


def _value(node: Node) -> Any:
    return yaml.constructor.SafeConstructor().construct_document(node)


def _first(error: ValidationError | yaml.YAMLError) -> str:
    if isinstance(error, yaml.YAMLError):
        return str(error).splitlines()[0]
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
