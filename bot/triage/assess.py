"""Reads one text by the rules and by the urgency model, and says how urgent it is, and why in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import structlog

from bot.triage.lexicon import tokenise
from bot.triage.rules import Rules
from bot.triage.urgency import Urgency
from vietnamese.features import LONGEST
from vietnamese.linear import LinearModel, ModelFileError, open_model
from vietnamese.urgency import CALM, Estimate

log = structlog.get_logger()

MODEL_FILE = "urgency.model"
MODEL = "model"
NEEDY = ("urgent", "emergency")


@dataclass(frozen=True, slots=True)
class Reason:
    """Which rule spoke, on which words, and what it says to the operator."""

    rule: str
    phrase: str = field(repr=False)
    text: str = field(repr=False)


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


@dataclass(frozen=True, slots=True)
class Triage:
    """The rules, and the model where one is trained. Without it the rules decide alone: plain, not deaf."""

    rules: Rules
    model: LinearModel | None
    model_reason: str

    def assess(self, text: str) -> Assessment:
        """Give the urgency of a text, with its reasons. Pure; linear in the text."""
        ruled = assess(self.rules, text)
        estimate = self._estimate(text)
        if estimate is None:
            return ruled
        urgency, reasons = ruled.urgency, ruled.reasons
        if estimate.need < CALM:
            # A film, a game, a figure of speech: the words of a rule in a text that is nothing like a call for help.
            urgency = Urgency.NONE
        level = Urgency[estimate.level.upper()]
        if level >= Urgency.URGENT and level > urgency and self.model is not None:
            phrase = self.model.telling(text, NEEDY)
            reasons = (*reasons, Reason(MODEL, phrase, f"{self.model_reason}: “{phrase}”"))
        return Assessment(max(urgency, level), reasons, ruled.wants_human, estimate)

    def _estimate(self, text: str) -> Estimate | None:
        if self.model is None:
            return None
        parts = [text] if len(text) <= LONGEST else [text[:LONGEST], text[-LONGEST:]]
        seen = [vector for part in parts if (vector := self.model.vector(part))]
        estimates = [Estimate(self.model.chances(vector)) for vector in seen]
        return max(estimates, key=lambda estimate: estimate.need, default=None)


def assess(rules: Rules, text: str) -> Assessment:
    """Give the urgency of a text by the rules alone, with a reason for each that spoke."""
    tokens = tokenise(text)
    hits = rules.hits(tokens)
    reasons, urgency = [], Urgency.NONE
    for rule in rules.rules:
        if (span := rule.match(hits)) is not None:
            phrase = " ".join(token.text for token in tokens[span[0] : span[1]])
            reasons.append(Reason(rule.id, phrase, f"{rule.reason}: “{phrase}”"))
            urgency = max(urgency, rule.urgency)
    return Assessment(urgency, tuple(reasons), bool(hits.get("wants_human")))


def load_model(models: Path) -> LinearModel | None:
    """Open the trained urgency model; nothing, and a warning, where there is none that can be used."""
    try:
        return open_model(models / MODEL_FILE)
    except (OSError, ModelFileError, ValueError) as error:
        log.warning("urgency_model_missing", error=type(error).__name__, do="make train")
        return None
