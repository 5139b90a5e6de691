"""Triage reads anything, and says why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.triage.assess import ModelFile, Triage, assess
from bot.triage.rules import failing_examples, load_rules
from bot.triage.urgency import Urgency
from content.checking import CONTENT
from tests.server import ROOT

RULES = load_rules(CONTENT / "triage.yml")
TRIAGE = Triage(RULES, ModelFile(ROOT / "models" / "urgency.model"), "giống lời kể cần người giúp")
EXAMPLES = int(os.environ.get("FUZZ", "2000"))
LEXICON = ["bố", "đang", "đánh", "em", "cứu", "chết", "không", "muốn", "sống", "dao", "nhốt", "ma", "túy"]


def test_every_rule_does_what_its_examples_show() -> None:
    assert failing_examples(RULES) == []


@given(st.one_of(st.text(max_size=500), st.lists(st.sampled_from(LEXICON), max_size=80).map(" ".join)))
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_text_gets_a_level_and_an_alarm_has_its_reasons(text: str) -> None:
    assessment = TRIAGE.assess(text)
    assert assessment.reasons or assessment.urgency < Urgency.URGENT


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "\u202e", "...", "\ud800"])
def test_what_has_no_words_alarms_nobody(text: str) -> None:
    assert not TRIAGE.assess(text).opens_case


@pytest.mark.parametrize(
    "text", ["1234567890", "How do I boil an egg?", "今日は天気がいいですね", "asdf jkl qwer"]
)
def test_what_is_not_vietnamese_alarms_nobody(text: str) -> None:
    assert not TRIAGE.assess(text).opens_case


def test_a_disclosure_at_the_end_of_a_long_text_is_read() -> None:
    assert TRIAGE.assess("hôm nay trời đẹp " * 600 + "tối nào dượng cũng đánh em, em sợ lắm").opens_case


def test_the_words_of_a_rule_in_a_game_alarm_nobody() -> None:
    game = "đội mình đang bị trói chân bởi thằng tank địch, nó đánh em chảy máu hết thanh HP =))"
    assert assess(RULES, game).urgency is Urgency.EMERGENCY
    assert not TRIAGE.assess(game).opens_case


def test_without_a_model_the_rules_decide(tmp_path: Path) -> None:
    triage = Triage(RULES, ModelFile(tmp_path / "urgency.model"), "")
    assert triage.assess("bố đang đánh em").urgency is Urgency.EMERGENCY
    assert triage.assess("hôm nay trời đẹp").urgency is Urgency.NONE


@pytest.mark.parametrize("damage", [b"", b"{}\n", b"not a model\n" + b"0" * 100])
def test_a_damaged_model_is_not_used_and_the_last_good_one_goes_on(tmp_path: Path, damage: bytes) -> None:
    file = ModelFile(tmp_path / "urgency.model")
    (tmp_path / "urgency.model").write_bytes(damage)
    assert file.current() is None
    (tmp_path / "good").symlink_to(ROOT / "models" / "urgency.model")
    (tmp_path / "good").replace(tmp_path / "urgency.model")
    good = file.current()
    assert good is not None
    (tmp_path / "bad").write_bytes(damage)
    (tmp_path / "bad").replace(tmp_path / "urgency.model")
    assert file.current() is good


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
