"""Triage reads anything, and says why."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.texts import CONTENT
from bot.triage.assess import assess
from bot.triage.rules import failing_examples, load_rules
from bot.triage.urgency import Urgency

RULES = load_rules(CONTENT / "triage.yml")
LEXICON = ["bố", "đang", "đánh", "em", "cứu", "chết", "không", "muốn", "sống", "dao", "nhốt", "ma", "túy"]


def test_every_rule_does_what_its_examples_show() -> None:
    assert failing_examples(RULES) == []


@given(st.one_of(st.text(max_size=500), st.lists(st.sampled_from(LEXICON), max_size=80).map(" ".join)))
@settings(max_examples=300, deadline=None)
def test_any_text_is_assessed_and_a_level_has_its_reasons(text: str) -> None:
    assessment = assess(RULES, text)
    assert bool(assessment.reasons) == (assessment.urgency > Urgency.NONE)


@pytest.mark.parametrize(
    "text",
    [
        "bố đang đánh em",
        "bo dang danh em",
        "BỐ ĐANG ĐÁNH EM",
        "bố đang đ.á.n.h em",
        "bố đang đánhhhh em",
        "bo\u0302\u0301 đang đánh em",
        "bố đag dah e",
    ],
)
def test_an_emergency_is_one_however_it_is_typed(text: str) -> None:
    assert assess(RULES, text).urgency is Urgency.EMERGENCY


def test_a_very_long_text_is_read_to_its_end() -> None:
    assert assess(RULES, "hôm nay trời đẹp " * 6_000 + "bố đang đánh em").urgency is Urgency.EMERGENCY
