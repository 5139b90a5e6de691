"""Reads one text by the rules and says how urgent it is, and why in words."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.triage.lexicon import tokenise
from bot.triage.rules import Rules
from bot.triage.urgency import Urgency


@dataclass(frozen=True, slots=True)
class Reason:
    """Which rule spoke, on which words, and what it says to the operator."""

    rule: str
    phrase: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the rules make of a text."""

    urgency: Urgency
    reasons: tuple[Reason, ...]
    wants_human: bool

    @property
    def opens_case(self) -> bool:
        """Whether a human must see this."""
        return self.urgency >= Urgency.URGENT or self.wants_human


def assess(rules: Rules, text: str) -> Assessment:
    """Give the urgency of a text, with a reason for each rule that spoke. Pure; linear in the text."""
    tokens = tokenise(text)
    hits = rules.hits(tokens)
    reasons, urgency = [], Urgency.NONE
    for rule in rules.rules:
        if (span := rule.match(hits)) is not None:
            phrase = " ".join(token.text for token in tokens[span[0] : span[1]])
            reasons.append(Reason(rule.id, phrase, f"{rule.reason}: “{phrase}”"))
            urgency = max(urgency, rule.urgency)
    return Assessment(urgency, tuple(reasons), bool(hits.get("wants_human")))
