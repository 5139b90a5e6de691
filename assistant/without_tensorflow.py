"""Lets Rasa be imported without TensorFlow, which no component of ours uses and which takes most of the start.

Rasa's own neural components are imported with everything else, so their base classes must exist. Here they do,
as empty classes: using one would fail at once. Training and `rasa shell` run with the real TensorFlow.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

ABSENT = (
    "tensorflow",
    "tensorflow_addons",
    "tensorflow_hub",
    "tensorflow_text",
    "keras",
    "jax",
    "matplotlib",
)


class _Anything(type):
    """A class whose every attribute is another such class."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return _make(name)

    def __or__(cls, other: object) -> Any:
        return cls


class _Empty(ModuleType):
    """A module whose every name is an empty class."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        value = _make(name)
        setattr(self, name, value)
        return value


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".")[0] not in ABSENT:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _Empty(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


def install() -> None:
    """Stand in for TensorFlow from now on; call it before anything of Rasa is imported."""
    sys.meta_path.insert(0, _Finder())


def _make(name: str) -> Any:
    def as_decorator(cls: type, *arguments: Any, **_: Any) -> Any:
        # `@tf.function` and its like hand back what they decorate.
        return arguments[0] if len(arguments) == 1 and callable(arguments[0]) else object.__new__(cls)

    members = {"__new__": as_decorator, "__class_getitem__": classmethod(lambda cls, _: cls)}
    return _Anything(name, (), members)
