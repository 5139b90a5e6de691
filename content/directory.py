"""The hotline directory: every number that may be shown, and those that must not be, as they are once read.

The file is `content/hotlines.yml`, its fields are told in `docs/hotlines.md`, its reader is `content/checking.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum

from content.fields import digits
from content.places import Places

NATIONAL = "cả nước"
VIETNAM = timezone(timedelta(hours=7))
REVIEW = timedelta(days=90)
"""How long a check holds, by the reference's rule in section 1.6."""


class Status(str, Enum):
    """Whether an entry is shown to people."""

    SHOWN = "shown"
    NEEDS_CHECKING = "needs_checking"
    NEVER_SHOW = "never_show"


class Kind(str, Enum):
    """What an entry is for. The first three are for danger that is there now."""

    VIOLENCE = "violence"
    INJURY = "injury"
    FIRE = "fire"
    DISASTER = "disaster"
    CHILD_PROTECTION = "child_protection"
    SHELTER = "shelter"
    PSYCHOLOGICAL = "psychological"
    LEGAL = "legal"


DANGERS = (Kind.VIOLENCE, Kind.INJURY, Kind.FIRE)
ALWAYS = {"111": Kind.CHILD_PROTECTION, "113": Kind.VIOLENCE, "114": Kind.FIRE, "115": Kind.INJURY}
"""Numbers without which there is no directory, and what each is for. Shown whatever their review date."""


@dataclass(frozen=True)
class Hours:
    """When a line is open, in Vietnam's time."""

    days: frozenset[int]
    opens: time
    closes: time

    def includes(self, moment: datetime) -> bool:
        """Tell whether somebody answers at a moment, given with its time zone."""
        local = moment.astimezone(VIETNAM)
        return local.weekday() in self.days and self.opens <= local.time() < self.closes


@dataclass(frozen=True)
class Entry:
    """A line of the directory. `within` names the former provinces it serves, where that is not the whole area."""

    id: str
    name: str
    kind: Kind
    area: str
    source: tuple[str, ...]
    date_checked: date
    review_by: date
    status: Status
    number: str = ""
    purpose: str = ""
    who: str = ""
    hours: str = ""
    cost: str = ""
    open: Hours | None = None
    within: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    asked_by: tuple[str, ...] = ()
    reason: str = ""
    checked_by: str = ""

    @property
    def shown(self) -> bool:
        """Whether people may see it."""
        return self.status is Status.SHOWN

    @property
    def local(self) -> bool:
        """Whether it serves one province or city only."""
        return self.area != NATIONAL

    def overdue(self, today: date) -> bool:
        """Whether its review date has passed."""
        return today > self.review_by


@dataclass(frozen=True)
class Directory:
    """All entries in the file's order, how they are said, and the places they are for."""

    entries: tuple[Entry, ...]
    wording: Mapping[str, str]
    places: Places

    @property
    def shown(self) -> tuple[Entry, ...]:
        """The entries that people may see."""
        return tuple(entry for entry in self.entries if entry.shown)

    @property
    def hotline(self) -> Entry:
        """The child protection line, 111."""
        return next(entry for entry in self.entries if ALWAYS.get(entry.number) is Kind.CHILD_PROTECTION)

    def due(self, today: date) -> tuple[Entry, ...]:
        """Give what people see although its review date has passed."""
        return tuple(entry for entry in self.shown if entry.overdue(today))

    def numbers(self) -> frozenset[str]:
        """Give the digits of every number that may be shown."""
        return frozenset(digits(entry.number) for entry in self.shown)
