"""The ladder of alarms, read from `content/alarms.yml`."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import ContentError
from bot.triage.urgency import Urgency


class Cause(StrEnum):
    """What is wrong."""

    UNCLAIMED = "unclaimed"
    DANGER_AGAIN = "danger_again"
    SILENT = "silent"
    OPERATOR_GONE = "operator_gone"
    UNDELIVERED = "undelivered"
    WINDOW_CLOSING = "window_closing"


class Whom(StrEnum):
    """Who is alarmed."""

    ON_DUTY = "on_duty"
    EVERYONE = "everyone"
    SUPERVISORS = "supervisors"
    OPERATOR = "operator"
    PERSON = "person"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Strict):
    """One step: `after` seconds, and for a person the name of the text that is said."""

    after: float = Field(ge=0)
    whom: Whom
    say: Literal["", "nobody_free"] = ""

    @model_validator(mode="after")
    def _says_something(self) -> Step:
        if (self.whom is Whom.PERSON) != bool(self.say):
            raise ValueError("say belongs to whom: person, and to nobody else")
        return self


class ByUrgency(_Strict):
    """The steps for each urgency; `other` for lower ones, `any` for all."""

    emergency: tuple[Step, ...] = ()
    urgent: tuple[Step, ...] = ()
    other: tuple[Step, ...] = ()
    any: tuple[Step, ...] = ()

    def steps(self, urgency: Urgency) -> tuple[Step, ...]:
        """Give the steps for an urgency."""
        if self.any:
            return self.any
        return {Urgency.EMERGENCY: self.emergency, Urgency.URGENT: self.urgent}.get(urgency, self.other)


class Ladder(_Strict):
    """Every cause with its steps."""

    source: str
    review_by: date
    unclaimed: ByUrgency
    danger_again: ByUrgency
    silent: ByUrgency
    operator_gone: ByUrgency
    undelivered: ByUrgency
    window_closing: ByUrgency

    def steps(self, cause: Cause, urgency: Urgency) -> tuple[Step, ...]:
        """Give what happens when."""
        found: ByUrgency = getattr(self, cause)
        return found.steps(urgency)


def load_ladder(path: Path) -> Ladder:
    """Read and check the ladder.

    Raises:
        ContentError: naming the entry and what is wrong with it.
    """
    try:
        return Ladder.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError(path.name, ".".join(map(str, first["loc"])), first["msg"]) from None
