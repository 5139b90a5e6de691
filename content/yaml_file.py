"""YAML with the line of every part, so that a mistake is told where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import yaml

T = TypeVar("T")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Safe, and the one in C where it is there."""
Path = tuple["str | int", ...]
"""How a part is reached from the root: keys of mappings, places in lists."""


class ContentFileError(ValueError):
    """A content file is wrong: which file, which line, which entry, and why."""

    def __init__(self, file: str, line: int, where: str, reason: str) -> None:
        super().__init__(f"{file}:{line}: {where}: {reason}")
        self.file, self.line, self.where, self.reason = file, line, where, reason


@dataclass(frozen=True)
class Document:
    """A file that was read: its name, its content, and the line of each part, from 1."""

    file: str
    tree: Any
    lines: Mapping[Path, int]

    def wrong(self, path: Path, reason: str) -> ContentFileError:
        """Give the error for a part; of a part that is missing, the line of what should hold it."""
        known = path
        while known not in self.lines:
            known = known[:-1]
        return ContentFileError(self.file, self.lines[known], ".".join(map(str, path)) or "file", reason)

    def read(self, path: Path, value: Any, reader: Callable[[Any], T]) -> T:
        """Give a value as `reader` understands it.

        Raises:
            ContentFileError: with the text of the `ValueError` that the reader raised.
        """
        try:
            return reader(value)
        except ValueError as error:
            raise self.wrong(path, str(error)) from None


def load(text: str) -> Any:
    """Give what YAML says; read by PyYAML's C part where it is there, several times as fast."""
    return yaml.load(text, Loader=LOADER)  # noqa: S506 - LOADER is a safe one


def parse(text: str, file: str) -> Document:
    """Read a file's text.

    Raises:
        ContentFileError: when it is no YAML, or a key stands there twice.
    """
    try:
        root = yaml.compose(text, Loader=LOADER)
        lines: dict[Path, int] = {(): 1}
        if root is not None:
            _walk(root, (), lines, file)
        return Document(file, load(text), lines)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentFileError(file, line, "file", error.problem or "no YAML") from None
    except (yaml.YAMLError, RecursionError):
        raise ContentFileError(file, 1, "file", "no YAML") from None


def _walk(node: yaml.Node, path: Path, lines: dict[Path, int], file: str) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here, line = (*path, str(key.value)), key.start_mark.line + 1
            if here in lines:
                raise ContentFileError(file, line, ".".join(map(str, here)), "stands here twice")
            lines[here] = line
            _walk(value, here, lines, file)
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            lines[(*path, place)] = value.start_mark.line + 1
            _walk(value, (*path, place), lines, file)
