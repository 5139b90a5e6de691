"""What is known of how people speak of these things: the lexicon and the frames over it, and what both see in a text.

A text is looked at once: the rules that a person reads and the models' features come from the same look. Knowledge is
written down as one line of JSON, which the model file carries: a model always sees the concepts it was trained with,
whatever the content files say by now.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from vietnamese.concepts import Hit, Lexicon, Token, spelt, tokens_of
from vietnamese.frames import SLOTS, Found, Frame, Span
from vietnamese.text import views, words

WITHIN = 8
"""Words between a frame's anchor and what fills its other slots, at most, where it does not say."""
REMEMBERED = 4


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The lexicon, and the frames over it."""

    lexicon: Lexicon = field(repr=False)
    frames: tuple[Frame, ...] = field(repr=False)

    def look(self, text: str) -> Seen:
        """Give what is seen in a text; linear in the text."""
        typed = words(views(text).unified)
        tokens = tokens_of(typed)
        hits = self.lexicon.hits(tokens)
        found = Found(hits)
        spans = ((frame.id, frame.match(found)) for frame in self.frames)
        return Seen(self, typed, tokens, hits, found, {id: span for id, span in spans if span is not None})


@dataclass(frozen=True, slots=True)
class Seen:
    """What some knowledge sees in a text: its words, typed and spelt out, the concepts, the frames that are filled."""

    by: Knowledge
    typed: tuple[str, ...] = field(repr=False)
    tokens: tuple[Token, ...] = field(repr=False)
    hits: Sequence[Hit] = field(repr=False)
    found: Found = field(repr=False)
    filled: Mapping[str, Span] = field(repr=False)

    def phrase(self, start: int, end: int) -> str:
        """Give words of the text as they were typed, short forms spelt out."""
        return " ".join(token.text for token in self.tokens[start:end])

    def features(self) -> Counter[str]:
        """Give what the models are told: each concept, and each frame that is filled."""
        features = Counter(f"c:{hit.concept}" for hit in self.hits)
        features.update(f"r:{id}" for id in self.filled)
        return features


@lru_cache(REMEMBERED)
def knowledge(written: str) -> Knowledge:
    """Give the knowledge that was written down; the same object for the same line, so that one look serves both.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: when it was not `written`.
    """
    facts = json.loads(written)
    lexicon = Lexicon(facts["lexicon"])
    return Knowledge(lexicon, tuple(_frame(frame, lexicon) for frame in facts["frames"]))


def written(lexicon: Mapping[str, Any], rules: Mapping[str, Any]) -> str:
    """Give the two content files, as YAML gives them, as one line; what is only for people is left out."""
    groups = {
        group: {name: list(map(spelt, concept["words"])) for name, concept in entry["concepts"].items()}
        for group, entry in lexicon["groups"].items()
    }
    frames = [_facts(rule, rules) for rule in rules["rules"]]
    return json.dumps({"lexicon": groups, "frames": frames}, ensure_ascii=False, separators=(",", ":"))


def _facts(rule: Mapping[str, Any], rules: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: rules[name] if rule.get(name) is None else rule[name] for name in ("none_of", "not_near")}
    return {
        "id": rule["id"],
        "slots": {slot: rule[slot] for slot in SLOTS if rule.get(slot)},
        "within": rule.get("within", WITHIN),
        "in_order": rule.get("in_order", False),
        **own,
    }


def _frame(facts: Mapping[str, Any], lexicon: Lexicon) -> Frame:
    def concepts(names: Sequence[str]) -> frozenset[str]:
        return frozenset[str]().union(*map(lexicon.concepts, names))

    return Frame(
        facts["id"],
        tuple((slot, concepts(names)) for slot, names in facts["slots"].items()),
        facts["within"],
        facts["in_order"],
        concepts(facts["none_of"]),
        concepts(facts["not_near"]),
    )
