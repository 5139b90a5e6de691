"""Reads one text by the rules and by the urgency model, and says how urgent it is, and why in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import structlog

from bot.triage.lexicon import WANTS_HUMAN
from bot.triage.rules import Rules
from bot.triage.urgency import Urgency
from vietnamese.features import LONGEST
from vietnamese.knowledge import Seen
from vietnamese.linear import LinearModel, ModelFileError, open_model
from vietnamese.urgency import CALM, Estimate

log = structlog.get_logger()

MODEL_FILE = "urgency.model"
MODEL = "model"
HARDLY_NOW = 0.2
"""Chance of an emergency below which the words of a rule that is not certain open a case, but do not send the card."""
NEEDY = ("urgent", "emergency")
NOTHING_LIKE_IT = 0.05
"""Need below which an uncertain rule is not even a concern."""
ASKS_FOR_HUMAN = frozenset({WANTS_HUMAN})


@dataclass(frozen=True, slots=True)
class Reason:
    """Which rule spoke, how urgent it is, on which words, and what it says to the operator.

    The model may calm what a rule says, unless the rule is `certain`.
    """

    rule: str
    urgency: Urgency
    phrase: str = field(repr=False)
    text: str = field(repr=False)
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the rules and the model make of a text; `estimate` is missing where there is no model."""

    urgency: Urgency
    reasons: tuple[Reason, ...]
    wants_human: bool
    estimate: Estimate | None = None

    @property
    def opens_case(self) -> bool:
        """Whether a human must see this."""
        return self.urgency >= Urgency.URGENT or self.wants_human


class ModelFile:
    """The trained urgency model, opened again when the file has changed: a training needs no restart."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: LinearModel | None = None
        self._stamp: int | None = -1

    def current(self) -> LinearModel | None:
        """Give the model; nothing, and a warning, where there is none that can be used."""
        try:
            stamp = self._path.stat().st_mtime_ns
        except OSError:
            stamp = None
        if stamp != self._stamp:
            self._stamp = stamp
            self._open()
        return self._opened

    def _open(self) -> None:
        try:
            self._opened = open_model(self._path)
            if self._opened.restorer is None:
                log.warning("words_model_missing", do="make train")
        except (OSError, ModelFileError) as error:
            # A damaged new file: the last good one goes on, if there was one.
            log.warning("urgency_model_missing", error=type(error).__name__, do="make train")


@dataclass(frozen=True, slots=True)
class Triage:
    """The rules, and the model where one is trained. Without it the rules decide alone: plain, not deaf."""

    rules: Rules
    model: ModelFile
    model_reason: str

    def assess(self, text: str) -> Assessment:
        """Give the urgency of a text, with its reasons. Pure; linear in the text."""
        seen = self.rules.knowledge.look(text)
        ruled, model = assess(self.rules, text, seen), self.model.current()
        estimate = _estimate(model, text, seen) if model is not None else None
        if model is None or estimate is None:
            return ruled
        urgency, reasons = calmed(ruled, estimate), ruled.reasons
        level = Urgency[estimate.level.upper()]
        if level >= Urgency.URGENT and level > urgency:
            phrase = model.telling(text, NEEDY, seen)
            reasons = (*reasons, Reason(MODEL, level, phrase, f"{self.model_reason}: “{phrase}”"))
        return Assessment(max(urgency, level), reasons, ruled.wants_human, estimate)


def calmed(ruled: Assessment, estimate: Estimate) -> Urgency:
    """Give what is left of the rules' urgency where the model sees nothing like a call for help: a film, a game.

    A certain rule stands. Of another that would open a case a concern is left, unless the model is as good as sure: the
    hotline in the answer's own words, and a hint that adds up. Of a mere concern nothing is left. Where a human is
    needed, but hardly at this minute, the case opens without the alarm of an emergency.
    Figures: docs/decisions/0001-the-model-may-calm-a-rule.md.
    """
    certain = max((reason.urgency for reason in ruled.reasons if reason.certain), default=Urgency.NONE)
    if estimate.need >= CALM:
        hurried = ruled.urgency is Urgency.EMERGENCY and estimate.chances["emergency"] < HARDLY_NOW
        return max(certain, Urgency.URGENT) if hurried else ruled.urgency
    doubtful = ruled.urgency >= Urgency.URGENT and estimate.need >= NOTHING_LIKE_IT
    return max(certain, Urgency.CONCERN if doubtful else Urgency.NONE)


def assess(rules: Rules, text: str, seen: Seen | None = None) -> Assessment:
    """Give the urgency of a text by the rules alone, with a reason for each that spoke; `seen`, if it was looked at."""
    seen = seen or rules.knowledge.look(text)
    reasons, urgency = [], Urgency.NONE
    for rule in rules.rules:
        if (span := seen.filled.get(rule.id)) is not None:
            phrase = seen.phrase(*span)
            reasons.append(Reason(rule.id, rule.urgency, phrase, f"{rule.reason}: “{phrase}”", rule.certain))
            urgency = max(urgency, rule.urgency)
    return Assessment(urgency, tuple(reasons), bool(seen.found.of(ASKS_FOR_HUMAN)))


def _estimate(model: LinearModel, text: str, seen: Seen) -> Estimate | None:
    if len(text) <= LONGEST:
        vectors = [model.vector(text, seen)]
    else:
        vectors = [model.vector(part) for part in (text[:LONGEST], text[-LONGEST:])]
    estimates = [Estimate(model.chances(vector)) for vector in vectors if vector]
    return max(estimates, key=lambda estimate: estimate.need, default=None)
