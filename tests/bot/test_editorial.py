"""What the assistant says: each rule catches what it is for, and everything that is written keeps them all."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.editorial.answers import ROOT, Answer, Content, load_content
from bot.editorial.coverage import holes, table
from bot.editorial.policy import Allowed, Policy, load_policy
from bot.editorial.sheet import sheet
from bot.editorial.wording import RULES, Desk, check, findings, plainness
from bot.errors import ContentError
from content.checking import load_directory

TODAY = date(2026, 11, 25)
KNOWN = load_directory().numbers()
GOOD = """Cảm ơn em đã kể. Em không có lỗi.
Em kể với người lớn em tin, hoặc gọi 111: miễn phí, ngày đêm."""


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content()


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


@pytest.fixture
def desk(policy: Policy) -> Desk:
    return Desk(policy, KNOWN, frozenset({"Trẻ bị đánh thì phải làm gì?"}), frozenset({"faq/risky"}))


def answer(text: str = GOOD, **other: object) -> Answer:
    plain = Answer("faq/risky", "child", text, (), ("S03",), date(2027, 5, 25), False, "data/nlu/x.yml", 7)
    return replace(plain, **other)  # type: ignore[arg-type]


def broken(given: Answer, desk: Desk) -> set[str]:
    return {finding.rule for finding in check(given, desk, TODAY)}


def test_a_good_answer_breaks_no_rule(desk: Desk) -> None:
    assert broken(answer(), desk) == set()


BAD = [
    ("sources", answer(sources=())),
    ("sources", answer(review_by=None)),
    ("sources", answer(sources=("X99",))),
    ("length", answer(f"{GOOD} {'Em nghe nhé. ' * 20}")),
    ("length", answer(f"{GOOD} {'nghiêngnghiêng' * 20}")),
    ("pronouns", answer("Cảm ơn em. Anh/chị gọi 111 nhé.")),
    ("pronouns", answer("Cảm ơn em. Bạn hãy gọi 111 nhé.")),
    ("pronouns", answer("Gọi 111 là có người giúp ngay.")),
    ("pronouns", answer("Anh/chị gọi 111. Em hãy nhớ nhé.", audience="adult")),
    ("pronouns", answer("Bạn gọi 111. Anh/chị nghe trẻ kể.", audience="neutral")),
    ("pronouns", answer("Tôi nghe em đây, em gọi 111 nhé.")),
    ("plain", answer("Em gọi 111 để cơ quan có thẩm quyền tiếp nhận, xác minh, áp dụng biện pháp can thiệp")),
    ("plain", answer("Em gọi 111 " + "và người ở đó sẽ nghe em kể rồi nghĩ xem nên làm gì cho em " * 2)),
    ("one_step", answer("Em ơi, 111 là số miễn phí. Em ổn không? Em ở đâu?")),
    ("one_step", answer("Em ổn.\n1. Gọi 111.\n2. Kể.\n3. Nói.\n4. Nghe.")),
    ("one_step", answer("Em cố lên, số 111 luôn ở đó.")),
    ("number", answer("Em kể với người lớn em tin nhé.")),
    ("number", answer("Em gọi 111 hoặc 0901 234 567 nhé.")),
    ("forbidden", answer("Cảm ơn em. Tại sao em không kể sớm? Em gọi 111 nhé.")),
    ("forbidden", answer("Cảm ơn em. Sao em không chạy đi, em gọi 111 nhé.")),
    ("forbidden", answer("Cảm ơn em. Em về nói với bố mẹ rồi gọi 111 nhé.")),
    ("forbidden", answer("Cảm ơn em. Mình hứa giữ bí mật. Em gọi 111 nhé.")),
    ("forbidden", answer("Cảm ơn em. Em gọi 111, không ai biết đâu.")),
    ("forbidden", answer("Cảm ơn em. Lẽ ra em nên đi sớm. Em gọi 111 nhé.")),
    ("forbidden", answer("Cảm ơn em. Chuyện này là do em thôi. Em gọi 111 nhé.")),
    ("forbidden", answer("Mình nghe em. Chắc em bị trầm cảm rồi, em gọi 111.")),
    ("forbidden", answer("Mình nghe em. Người đó sẽ đi tù, em gọi 111 nhé.")),
    ("forbidden", answer("Mình nghe em. Kể hết là giải thoát, em gọi 111 nhé.")),
    ("forbidden", answer("Mình nghe em. Em đừng nói tự tử thất bại, gọi 111.")),
    ("lock_screen", answer("Em bị đánh thì gọi 111 nhé, miễn phí cả ngày đêm.")),
    ("lock_screen", answer("Gọi 111 ngay nhé em, miễn phí.")),
    ("lock_screen", answer("Bị bắt nạt thì bạn gọi 111.", audience="neutral")),
    ("buttons", answer(buttons=("Câu này chưa ai dạy",))),
    ("buttons", answer(buttons=("Trẻ bị đánh thì phải làm gì?",) * 4)),
]


@pytest.mark.parametrize(("rule", "bad"), BAD)
def test_each_rule_catches_what_it_is_for(rule: str, bad: Answer, desk: Desk) -> None:
    assert rule in broken(bad, desk)


def test_no_rule_is_without_a_bad_example() -> None:
    assert {rule.__name__ for rule in RULES} == {rule for rule, _ in BAD}


@pytest.mark.parametrize(
    "text",
    [
        "Mình nói thật: mình không hứa giữ bí mật. Em gọi 111 nhé.",
        "Cảm ơn em đã kể. Không phải lỗi của em. Em gọi 111 nhé.",
        "Cảm ơn em. Chuyện đó không do em. Em kể, hoặc gọi 111.",
        "Bạn kể vì tin em. Đừng hứa giữ kín, em gọi 111 nhé.",
    ],
)
def test_what_is_denied_is_not_forbidden(text: str, desk: Desk) -> None:
    assert "forbidden" not in broken(answer(text), desk)


def test_words_in_quotation_marks_are_somebody_elses(desk: Desk) -> None:
    given = answer("Cảm ơn em. Em nói: “Tôi cần giúp.” Em gọi 111 nhé.")
    assert "pronouns" not in broken(given, desk)


def test_an_adult_may_read_of_it_on_the_first_line(desk: Desk) -> None:
    given = answer("Trẻ bị đánh: anh/chị gọi 111 ngay nhé.", audience="adult")
    assert "lock_screen" not in broken(given, desk)


def test_an_answer_past_its_day_is_told_and_stops_nothing(desk: Desk) -> None:
    [finding] = check(answer(review_by=date(2026, 11, 24)), desk, TODAY)
    assert (finding.rule, finding.notice) == ("review", True)


def test_a_finding_names_file_line_answer_and_reason(desk: Desk) -> None:
    [finding] = check(answer(sources=()), desk, TODAY)
    assert str(finding).startswith("data/nlu/x.yml:7: faq/risky (child): [sources] thiếu metadata")


def test_long_sentences_and_officials_words_lower_the_score() -> None:
    short, heavy = "Em gọi 111. Có người nghe em.", ["thẩm quyền"]
    assert plainness(short, heavy) == 100
    assert plainness("Em gọi 111 để người có thẩm quyền nghe em kể hết chuyện", heavy) < plainness(
        "Em gọi 111 để người ở bên kia nghe em kể hết chuyện", heavy
    )


def test_an_exception_silences_one_rule_of_one_answer_and_is_told_when_unused(policy: Policy) -> None:
    late = answer("Gọi 111 ngay nhé em, miễn phí.", name="hotline")
    content = Content((late, replace(late, audience="neutral", text=GOOD)), {})
    entry = Allowed(answer="hotline", rule="lock_screen", audience="child", reason="số phải đứng đầu")
    told = [f for f in findings(content, _allowing(policy, entry), KNOWN, TODAY) if f.answer == "hotline"]
    assert [f.rule for f in told if f.audience == "child"] == []
    unused = Allowed(answer="nobody", rule="length", reason="không còn câu này nữa")
    told = findings(content, _allowing(policy, unused), KNOWN, TODAY)
    assert ("allowed", "nobody") in {(f.rule, f.answer) for f in told}


def test_a_voice_that_is_missing_or_there_twice_is_told(policy: Policy) -> None:
    content = Content((answer(), answer(), answer(audience="neutral")), {})
    told = findings(content, policy, KNOWN, TODAY)
    assert [f.audience for f in told if (f.rule, f.answer) == ("audiences", "faq/risky")] == [
        "child",
        "adult",
    ]


def test_everything_that_is_written_keeps_the_rules(content: Content, policy: Policy) -> None:
    told = findings(content, policy, KNOWN, TODAY)
    assert [str(finding) for finding in told] == []


def test_no_topic_has_a_hole(content: Content, policy: Policy) -> None:
    assert list(holes(content, policy.topics)) == []
    assert all(row.cells["next", "child"].kind in ("own", "family") for row in table(content, policy.topics))


def test_a_missing_voice_is_a_hole(content: Content, policy: Policy) -> None:
    lost = ("faq/bullying_next", "child")
    rest = tuple(one for one in content.answers if (one.name, one.audience) != lost)
    assert [topic for topic, _ in holes(replace(content, answers=rest), policy.topics)] == ["bullying"]


def test_every_question_that_has_an_answer_was_asked_sixty_times(content: Content, policy: Policy) -> None:
    for topic in policy.topics.all():
        for name in topic.answers:
            assert len(content.questions[name]) >= 60, name


def test_the_sheet_holds_every_answer_once_for_each_audience(content: Content, policy: Policy) -> None:
    page = sheet(content, policy, [], TODAY)
    shown = re.findall(r'<p data-answer="([^"]+)">(.*?)</p>', page, re.DOTALL)
    assert sorted((name, unescape(text)) for name, text in shown) == sorted(
        (f"{one.name}/{one.audience}", one.text) for one in content.answers
    )


def test_the_sheet_names_sources_days_and_what_a_specialist_must_sign(
    content: Content, policy: Policy
) -> None:
    page = sheet(content, policy, [], TODAY)
    section = page.split('<section id="child_marriage"')[1].split("</section>")[0]
    assert "cần chuyên gia ký" in section
    assert "25/05/2027" in section
    assert unescape(policy.sources["S03"].title) in unescape(section)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            "responses:\n  utter_x:\n    - text: a\n      metadata: {sources: []}\n",
            "line 3: utter_x: metadata.sources",
        ),
        ("responses:\n  utter_x:\n    - txet: a\n", "line 3: utter_x: text: Field required"),
        ("responses:\n  utter_x:\n    - text: a\n   b: [\n", "line 4"),
        ("nothing\n", "line 1"),
    ],
)
def test_a_malformed_file_is_told_with_file_line_and_reason(tmp_path: Path, wrong: str, told: str) -> None:
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "data" / "nlu" / "bad.yml").write_text(wrong, "utf-8")
    with pytest.raises(ContentError, match=re.escape(f"data/nlu/bad.yml: {told}")):
        load_content(tmp_path)


@pytest.mark.parametrize("name", ["wording.yml", "topics.yml", "sources.yml"])
def test_a_malformed_policy_is_told_with_file_and_entry(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "content", folder)
    (folder / name).write_text("nonsense: true\n", "utf-8")
    with pytest.raises(ContentError, match=name):
        load_policy(folder)


def test_the_commands_work_from_a_shell(tmp_path: Path, content: Content) -> None:
    page = tmp_path / "deep" / "answers.html"
    run = CliRunner().invoke
    assert run(app, ["content", "check"]).exit_code == 0
    assert run(app, ["content", "coverage"]).exit_code == 0
    assert run(app, ["content", "export", "--out", str(page)]).exit_code == 0
    assert page.read_text("utf-8").count("data-answer=") == len(content.answers)
    shown = run(app, ["content", "preview", "bullying"])
    assert (shown.exit_code, "faq/bullying_help" in shown.stdout) == (0, True)
    unknown = run(app, ["content", "preview", "unheard_of"])
    assert (unknown.exit_code, "bullying" in unknown.stdout) == (2, True)


def _allowing(policy: Policy, entry: Allowed) -> Policy:
    wording = policy.wording.model_copy(update={"allowed": [entry]})
    return policy.model_copy(update={"wording": wording})
