"""The fixed texts, read from `content/texts.yml` and checked against the one table of numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import ContentError
from bot.model import Kind
from content.checking import CONTENT
from content.fields import NUMBERS, digits
from content.yaml_file import load


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_min_length=1)


class Attachments(_Content):
    """What is said to each kind of message that is not text."""

    photo: str
    video: str
    voice: str
    sticker: str
    file: str
    location: str
    contact: str
    other: str


class NoticeTexts(_Content):
    """What is wrong with the machine and how to put it right."""

    zalo_consent: str
    zalo_stopped: str
    zalo_bot_token: str


class Desk(_Content):
    """What operators are told."""

    already_taken: str
    full: str
    not_on_duty: str
    too_late: str
    still_held: str
    reason_back: str
    not_yours: str
    empty_text: str
    reason_human: str
    reason_assistant: str
    reason_adds_up: str
    reason_erase: str
    reason_elsewhere: str
    person_left: str
    reason_model: str
    reason_not_safe: str
    reason_mistaken: str
    reason_joke: str
    reason_safe_word: str
    notices: NoticeTexts


class Texts(_Content):
    """Every fixed text, by its use."""

    source: str
    review_by: date
    card: str
    card_again: str
    card_automatic: str
    safe_word: str
    help_card: str
    not_so: str
    mistaken: str
    fallback: str
    care: str
    listen: str
    stale: str
    welcome: str
    stopped: str
    private_only: str
    queued: str
    queued_nobody: str
    nobody_free: str
    claimed: str
    returned: str
    empty: str
    edit: str
    erased: str
    erase_later: str
    attachments: Attachments
    desk: Desk

    def attachment(self, kind: Kind) -> str:
        """Give the answer to a message that is not text."""
        return str(getattr(self.attachments, kind, self.attachments.other))

    def notice(self, name: str) -> str:
        """Give the words of a notice; its name where a newer gateway raised it."""
        return str(getattr(self.desk.notices, name, name))


def load_texts(known: frozenset[str], folder: Path = CONTENT) -> Texts:
    """Read and check the texts; `known` are the digits of the numbers that may be shown.

    Raises:
        ContentError: naming the file, the entry and what is wrong with it.
    """
    file = folder / "texts.yml"
    raw = load(file.read_text("utf-8"))
    try:
        texts = Texts.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError("texts.yml", ".".join(map(str, first["loc"])), first["msg"]) from None
    for where, text in _strings(raw):
        for number in NUMBERS.findall(text):
            if digits(number) not in known:
                raise ContentError("texts.yml", where, f"{number} is not shown by hotlines.yml")
    return texts


def _strings(tree: Any, where: str = "") -> list[tuple[str, str]]:
    if isinstance(tree, dict):
        return [
            pair for name, value in tree.items() for pair in _strings(value, f"{where}.{name}".lstrip("."))
        ]
    return [(where, tree)] if isinstance(tree, str) else []
