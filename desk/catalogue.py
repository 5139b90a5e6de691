"""Every string of the desk, in Vietnamese and English: `desk/words/*.yml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from bot.errors import ContentError
from content.yaml_file import load

FOLDER = Path(__file__).parent / "words"
FIRST = "vi"
"""The language of the desk; others are chosen."""
BLANK = re.compile(r"\{\w+\}")

Words = Mapping[str, str]


def load_catalogue(folder: Path = FOLDER) -> dict[str, Words]:
    """Give the words by language.

    Raises:
        ContentError: when a language lacks a string, has one too many, or other blanks than the first.
    """
    found = {file.stem: load(file.read_text("utf-8")) for file in sorted(folder.glob("*.yml"))}
    first = found[FIRST]
    for language, words in found.items():
        for name in first.keys() ^ words.keys():
            raise ContentError(f"{language}.yml", name, "stands in one language only")
        for name, text in words.items():
            if not isinstance(text, str):
                raise ContentError(f"{language}.yml", name, "is no text")
            if sorted(BLANK.findall(text)) != sorted(BLANK.findall(first[name])):
                raise ContentError(f"{language}.yml", name, "has other blanks")
    return found
