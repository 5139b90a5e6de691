"""Triage reads anything, and says why."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ContentError
from bot.triage.assess import ModelFile, Triage, assess, calmed
from bot.triage.rules import failing_examples, load_rules
from bot.triage.urgency import Urgency
from content.checking import CONTENT
from tests.server import ROOT
from vietnamese.linear import header_of
from vietnamese.urgency import LEVELS, Estimate

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
    game = "ông nội đánh em thua ba ván caro, cay quá =))"
    assert assess(RULES, game).urgency is Urgency.URGENT
    assert not TRIAGE.assess(game).opens_case


CALM, DOUBTFUL, ALARMED = (
    Estimate({"none": 1 - need, "info": 0.0, "concern": 0.0, "urgent": need, "emergency": 0.0})
    for need in (0.01, 0.2, 0.9)
)


@pytest.mark.parametrize(
    "text", ["bố đang đánh em", "con dang bi nhot trong phong", "ba đang cầm dao đứng giữa nhà"]
)
def test_a_certain_rule_is_not_silenced_by_the_model(text: str) -> None:
    ruled = assess(RULES, text)
    assert any(reason.certain for reason in ruled.reasons)
    assert calmed(ruled, CALM) is calmed(ruled, DOUBTFUL) is calmed(ruled, ALARMED) is Urgency.EMERGENCY


def test_of_another_rule_the_model_leaves_a_concern_unless_it_is_sure() -> None:
    ruled = assess(RULES, "em không muốn sống nữa")
    assert not any(reason.certain for reason in ruled.reasons)
    assert calmed(ruled, ALARMED) is Urgency.URGENT
    assert calmed(ruled, DOUBTFUL) is Urgency.CONCERN
    assert calmed(ruled, CALM) is Urgency.NONE


def test_of_a_mere_concern_the_model_leaves_nothing() -> None:
    ruled = assess(RULES, "bố mẹ em cãi nhau suốt")
    assert calmed(ruled, ALARMED) is Urgency.CONCERN
    assert calmed(ruled, CALM) is Urgency.NONE


def test_where_no_rule_spoke_there_is_nothing_to_calm() -> None:
    assert calmed(assess(RULES, "hôm nay trời đẹp"), CALM) is Urgency.NONE


def test_without_a_model_the_rules_decide(tmp_path: Path) -> None:
    triage = Triage(RULES, ModelFile(tmp_path / "urgency.model"), "")
    assert triage.assess("bố đang đánh em").urgency is Urgency.EMERGENCY
    assert triage.assess("hôm nay trời đẹp").urgency is Urgency.NONE


def lines_of_the_model(path: Path = ROOT / "models" / "urgency.model") -> tuple[bytes, bytes, bytes]:
    with path.open("rb") as file:
        return file.readline(), file.readline(), file.read()


def with_facts(**changes: object) -> bytes:
    header, known, table = lines_of_the_model()
    return json.dumps({**json.loads(header), **changes}).encode() + b"\n" + known + table


def with_knowledge(written: str) -> bytes:
    _, _, table = lines_of_the_model()
    return header_of(LEVELS, [0.0] * len(LEVELS), written) + table


@pytest.mark.parametrize(
    "damage",
    [
        lambda: b"",
        lambda: b"{}\n",
        lambda: b"not a model\n" + b"0" * 100,
        lambda: with_facts(format=1),
        lambda: with_facts(buckets=4),
        lambda: with_knowledge('{"lexicon": {}'),
        lambda: with_knowledge('{"lexicon": {"who": 1}, "frames": []}'),
        lambda: b"".join(lines_of_the_model())[:-4],
    ],
)
def test_a_damaged_model_is_not_used_and_the_last_good_one_goes_on(
    tmp_path: Path, damage: Callable[[], bytes]
) -> None:
    file = ModelFile(tmp_path / "urgency.model")
    (tmp_path / "urgency.model").write_bytes(damage())
    assert file.current() is None
    (tmp_path / "good").symlink_to(ROOT / "models" / "urgency.model")
    (tmp_path / "good").replace(tmp_path / "urgency.model")
    good = file.current()
    assert good is not None
    (tmp_path / "bad").write_bytes(damage())
    (tmp_path / "bad").replace(tmp_path / "urgency.model")
    assert file.current() is good


def test_the_model_sees_the_concepts_it_was_trained_with_and_no_others(tmp_path: Path) -> None:
    trained = TRIAGE.model.current()
    assert trained is not None
    edited = load_rules(written(tmp_path, rules=RULES_FILE.replace("id: hit", "id: hit_by")))
    triage = Triage(edited, TRIAGE.model, "")
    for text in ("bố đang đánh em", "em không muốn về nhà tối nay", "mẹ mua cho em cái áo"):
        estimate = triage.assess(text).estimate
        assert estimate is not None
        assert estimate.chances == trained.chances(trained.vector(text))


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


@pytest.mark.parametrize("text", ["em không muốn về nhà tối nay", "em sợ về nhà", "chuyện này em chưa kể ai"])
def test_a_hint_is_a_concern(text: str) -> None:
    assert assess(RULES, text).urgency is Urgency.CONCERN


def test_a_word_without_marks_in_an_accented_text_is_that_word() -> None:
    # "mang" is "mắng" only where nothing carries marks.
    assert "scolded" in fired("me ke mang con la do an hai")
    assert "scolded" not in fired("mẹ mang con tới trường")


def test_an_idiom_hides_what_is_inside_it_but_not_what_is_longer() -> None:
    assert not fired("mẹ đang đánh răng cho em")
    assert "farewell" in fired("tạm biệt tất cả")


def test_to_whom_may_be_said_by_the_act_itself() -> None:
    assert "touched" in fired("chú ấy hay ôm em")


def fired(text: str) -> set[str]:
    return {reason.rule for reason in assess(RULES, text).reasons}


LEXICON_FILE = """
source: test
review_by: "2027-01-01"
groups:
  who:
    about: Ai làm
    concepts:
      parent: {about: Cha mẹ, words: [bố, mẹ]}
  act:
    about: Làm gì
    concepts:
      hitting: {about: Đánh người, words: [đánh]}
      wants_human: {about: Xin gặp người, words: [gặp người thật]}
"""
RULES_FILE = """
source: test
review_by: "2027-01-01"
none_of: []
not_near: []
rules:
  - id: hit
    urgency: urgent
    reason: Bị đánh
    what: [hitting]
    who: [parent]
    fires: [bố đánh, mẹ đánh]
    silent: [bố mẹ, trời đẹp]
"""


def written(folder: Path, lexicon: str = LEXICON_FILE, rules: str = RULES_FILE) -> Path:
    (folder / "lexicon.yml").write_text(lexicon, "utf-8")
    (folder / "triage.yml").write_text(rules, "utf-8")
    return folder / "triage.yml"


def test_a_lexicon_and_rules_of_ones_own_are_read(tmp_path: Path) -> None:
    rules = load_rules(written(tmp_path))
    assert failing_examples(rules) == []
    assert assess(rules, "bo danh").urgency is Urgency.URGENT


@pytest.mark.parametrize(
    ("old", "new", "where", "reason"),
    [
        ("words: [bố, mẹ]", "words: []", "groups.who.concepts.parent.words", "at least 1"),
        ("words: [bố, mẹ]", "words: [bố, bố]", "who.parent", "'bố' stands twice"),
        ("words: [bố, mẹ]", 'words: ["...", mẹ]', "who.parent", "no word in '...'"),
        ("about: Cha mẹ, ", "", "groups.who.concepts.parent.about", "required"),
        ("parent:", "hitting:", "act.hitting", "stands twice"),
        ("wants_human", "asks", "wants_human", "must be there"),
        ("groups:", "groups: [", "line", "expected"),
    ],
)
def test_a_malformed_lexicon_is_refused_and_says_where(
    tmp_path: Path, old: str, new: str, where: str, reason: str
) -> None:
    with pytest.raises(ContentError) as refused:
        load_rules(written(tmp_path, lexicon=LEXICON_FILE.replace(old, new, 1)))
    assert refused.value.file == "lexicon.yml"
    assert where in refused.value.where
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    ("old", "new", "where", "reason"),
    [
        ("who: [parent]", "who: [teacher]", "hit", "no such concept: teacher"),
        ("what: [hitting]", "does: [hitting]", "rules.0.does", "not permitted"),
        ("fires: [bố đánh, mẹ đánh]", "fires: [bố đánh]", "rules.0.fires", "at least 2"),
        ("    what: [hitting]\n    who: [parent]\n", "", "rules.0", "fill at least one of"),
        (
            "rules:",
            "rules:\n  - &same {id: hit, urgency: urgent, reason: Bị đánh, what: [hitting], "
            "fires: [đánh, bố đánh], silent: [bố, mẹ]}",
            "hit",
            "stands twice",
        ),
    ],
)
def test_malformed_rules_are_refused_and_say_where(
    tmp_path: Path, old: str, new: str, where: str, reason: str
) -> None:
    with pytest.raises(ContentError) as refused:
        load_rules(written(tmp_path, rules=RULES_FILE.replace(old, new, 1)))
    assert refused.value.file == "triage.yml"
    assert where == refused.value.where
    assert reason in refused.value.reason
