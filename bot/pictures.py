"""The pictures that go with answers, and what they say to who cannot see them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import ContentError
from content.checking import CONTENT
from content.fields import NUMBERS, digits

FILE = "pictures.yml"
FOLDER = CONTENT / "pictures"
LARGEST_BYTES = 1_000_000
"""What every platform takes. Source: reference on Zalo, section 5.5."""
_TEXT = re.compile(r">([^<]+)<")


class Picture(BaseModel):
    """One picture: the words for who cannot see it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    alt: str = Field(min_length=20, max_length=700)


class PictureFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    source: list[str]
    review_by: date
    pictures: dict[str, Picture]


def load_pictures(numbers: frozenset[str], folder: Path = CONTENT) -> Mapping[str, Picture]:
    """Read and check the pictures: drawn, small enough, and with no number that is not in the directory.

    Raises:
        ContentError: naming the picture and what is wrong with it.
    """
    try:
        file = PictureFile.model_validate(yaml.safe_load((folder / FILE).read_text("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError(FILE, ".".join(map(str, first["loc"])), first["msg"]) from None
    for name, picture in file.pictures.items():
        _check(folder / "pictures", name, picture, numbers)
    return file.pictures


def _check(folder: Path, name: str, picture: Picture, numbers: frozenset[str]) -> None:
    image, drawing = folder / f"{name}.png", folder / f"{name}.svg"
    if not drawing.exists() or not image.exists():
        raise ContentError(FILE, name, "has no drawing, or no PNG of it; run: make pictures")
    if image.stat().st_size > LARGEST_BYTES:
        raise ContentError(FILE, name, "the PNG is larger than 1 MB")
    said = " ".join([picture.alt, *_TEXT.findall(drawing.read_text("utf-8"))])
    for number in NUMBERS.findall(said):
        if digits(number) not in numbers:
            raise ContentError(FILE, name, f"{number} is not in hotlines.yml")
