"""The directory of numbers: a mistake is told with its line, what must not be shown never is, 111 always is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from content.answer import FOR_ADULTS, FOR_CHILDREN, Limits, Question, answer
from content.checking import CONTENT, keep_directory, load_directory
from content.directory import VIETNAM, Directory
from content.fields import NUMBERS, digits
from content.last_good import LastGood
from content.places import Place
from content.yaml_file import ContentFileError

TODAY = datetime(2026, 11, 25, 15, 0, tzinfo=VIETNAM)
"""A Wednesday afternoon."""
TOPICS = (None, "self_harm", "domestic_violence", "bullying")


@pytest.fixture(scope="module")
def directory() -> Directory:
    return load_directory()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("hotlines.yml", "places.yml"):
        shutil.copy(CONTENT / name, tmp_path)
    return tmp_path


def place(directory: Directory, name: str) -> Place:
    return directory.places.find(name)[0].places[0]


def said(directory: Directory, question: Question, now: datetime = TODAY, limits: Limits = FOR_ADULTS) -> str:
    return "\n".join(answer(directory, question, now, limits))


def change(folder: Path, old: str, new: str, name: str = "hotlines.yml") -> int:
    """Change a file at one place and give the line."""
    text = (folder / name).read_text("utf-8")
    assert text.count(old) >= 1
    (folder / name).write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('number: "111"', "number: 111", "must stand in quotes"),
        ('number: "1900 96 96 80"', 'number: "gọi Lan"', "is no telephone number"),
        ('number: "1900 54 55 59"', 'number: "1900 969680"', "stands here twice"),
        ("kind: shelter", "kind: hotel", "must be one of"),
        ("id: tomorrow", "id: peace_house", "stands here twice"),
        ("id: tomorrow", "id: Ngày Mai", "small letters"),
        ("status: shown", "status: maybe", "must be one of"),
        ("source: [S50, S51]", "source: [S50]", "two independent sources"),
        ("area: Phú Thọ", "area: Phú Thị", "not in places.yml"),
        ("within: [Hòa Bình]", "within: [Hoa Binh]", "not in places.yml"),
        ('review_by: "2027-02-23"', 'review_by: "2026-11-23"', "after date_checked"),
        ('date_checked: "2026-11-23"', 'date_checked: "23/11/2026"', "must be a day"),
        ('open: {days: [wed, thu, fri, sat, sun], from: "13:00", to: "20:30"}', "open: {days: [t4]}", "like"),
        ("topics: [self_harm]", "topic: [self_harm]", "no such field"),
        ("purpose: pháp lý", "purpose: 0236 818 787", "names a number that is not shown"),
        ('  moved: "{name} nay thuộc {area}."', '  moved: "{ten} nay thuộc {area}."', "a blank that is not"),
        ('  local: "Xem lại ngày {day}; nếu không gọi được, gọi {hotline}."', '  local: "{day}"', "must say"),
        ('  moved: "{name} nay thuộc {area}."', '  moved: "Gọi 111."', "numbers from the entries"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_reason(folder: Path, old: str, new: str, reason: str) -> None:
    if old.startswith("purpose"):
        old, new = "purpose: tư vấn, pháp lý, báo tin", "purpose: gọi 0236 818 787"
    line = change(folder, old, new)
    with pytest.raises(ContentFileError) as wrong:
        load_directory(folder)
    assert (wrong.value.file, wrong.value.line) == ("hotlines.yml", line)
    assert reason in wrong.value.reason


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("    reason: Sở này không còn.\n", "", "needs a reason"),
        ("    purpose: giúp trẻ em khẩn cấp\n", "", "needs purpose"),
        ("    kind: fire\n", "", "kind missing"),
        ("entries:\n", "entries: [\n", "expected"),
        ("entries:\n", "entries: nothing\nothers:\n", "must be a list"),
        ('    number: "114"\n', '    number: "119"\n', "114 must be shown"),
        ("    status: shown\n", "    status: needs_checking\n    reason: thử\n", "111 must be shown"),
    ],
)
def test_a_mistake_in_the_whole_is_told_with_its_reason(
    folder: Path, old: str, new: str, reason: str
) -> None:
    change(folder, old, new)
    with pytest.raises(ContentFileError, match=r"^hotlines\.yml:\d+: ") as wrong:
        load_directory(folder)
    assert reason in wrong.value.reason


def test_a_province_that_stands_twice_is_told(folder: Path) -> None:
    line = change(folder, "  Hải Phòng:\n", "  Hà Nội:\n", "places.yml")
    with pytest.raises(ContentFileError, match=f"^places.yml:{line}: .*twice"):
        load_directory(folder)


def everything_said(directory: Directory, now: datetime, limits: Limits) -> Iterator[str]:
    everywhere = [directory.places.find(old)[0].places[:1] for old in sorted(directory.places.old)]
    words = [word for entry in directory.entries for word in (*entry.asked_by, entry.number, entry.name)]
    for here, topic, danger in product(((), *everywhere), TOPICS, (False, True)):
        yield from answer(directory, Question("", topic, here, danger), now, limits)
    for text, old in product(words, ("Hà Nội", "Bà Rịa – Vũng Tàu")):
        here = directory.places.find(old)[0].places
        yield from answer(directory, Question(text, None, here), now, limits)


@pytest.mark.parametrize("now", [TODAY, TODAY + timedelta(days=400)])
def test_only_numbers_that_are_cleared_are_ever_said(directory: Directory, now: datetime) -> None:
    hidden = {digits(entry.number) for entry in directory.entries if entry.number and not entry.shown}
    assert hidden
    texts = everything_said(directory, now, FOR_ADULTS)
    said = {digits(number) for text in texts for number in NUMBERS.findall(text)}
    assert said - {str(TODAY.year)} == directory.numbers()
    assert not said & hidden


@pytest.mark.parametrize("limits", [FOR_ADULTS, FOR_CHILDREN])
def test_no_message_is_too_long(directory: Directory, limits: Limits) -> None:
    for text in everything_said(directory, TODAY + timedelta(days=400), limits):
        assert len(text.split()) <= limits.words, text
        assert len(text) <= limits.characters, text


def test_111_comes_first_unless_there_is_danger_now(directory: Directory) -> None:
    calm = said(directory, Question("số nào"))
    assert calm.index("111") < calm.index("113")
    assert said(directory, Question("dượng đang đánh em", danger=True)).split("111")[0].count("113") == 1
    assert "115" not in said(directory, Question("dượng đang đánh em", danger=True))
    injured = said(directory, Question("mẹ ngất rồi", danger=True))
    assert injured.index("115") < injured.index("111")
    unknown = said(directory, Question("cứu", danger=True))
    assert [number for number in ("113", "115", "114", "111") if number in unknown] == sorted(
        ("113", "115", "114", "111"), key=unknown.index
    )


def test_the_short_list_without_a_place_is_short(directory: Directory) -> None:
    (message,) = answer(directory, Question("cho em xin số"), TODAY, FOR_CHILDREN)
    assert all(number in message for number in ("111", "113", "114", "115"))


def test_a_place_adds_its_numbers_with_their_date_and_its_new_name(directory: Directory) -> None:
    text = said(directory, Question("", None, (place(directory, "Vũng Tàu"),)))
    assert "Vũng Tàu nay thuộc TP. Hồ Chí Minh" in text
    assert "1900 54 55 59" in text
    assert "23/11/2026; nếu không gọi được, gọi 111" in text


def test_where_no_local_number_is_known_that_is_said(directory: Directory) -> None:
    text = said(directory, Question("", None, (place(directory, "Đà Nẵng"),)))
    assert "chưa có số riêng" in text
    assert "nay thuộc" not in text


def test_a_line_for_one_part_of_a_merged_city_is_for_that_part_only(directory: Directory) -> None:
    saigon, vung_tau = place(directory, "Sài Gòn"), place(directory, "Vũng Tàu")
    assert "1900 1267" in said(directory, Question("", "self_harm", (saigon,)))
    assert "1900 1267" not in said(directory, Question("", "self_harm", (vung_tau,)))
    assert "1900 1267" not in said(directory, Question("", None, (saigon,)))


def test_what_the_talk_is_about_adds_its_line(directory: Directory) -> None:
    assert "1900 96 96 80" in said(directory, Question("", "domestic_violence"))
    assert "1900 96 96 80" in said(directory, Question("số nhà bình yên của hội phụ nữ"))
    assert "1900 96 96 80" not in said(directory, Question("", "bullying"))


def test_a_line_is_said_only_while_somebody_answers(directory: Directory) -> None:
    asked = Question("", "self_harm")
    assert "096 306 1414" in said(directory, asked, TODAY)
    assert "096 306 1414" not in said(directory, asked, TODAY.replace(hour=21))
    assert "096 306 1414" not in said(directory, asked, TODAY - timedelta(days=1))


def test_past_its_review_date_a_number_says_so_and_the_four_are_said_as_ever(directory: Directory) -> None:
    last = Question("", "domestic_violence"), datetime(2027, 2, 23, 23, 59, tzinfo=VIETNAM)
    assert "chưa được kiểm lại" not in said(directory, *last)
    late = said(directory, Question("", "domestic_violence"), datetime(2027, 2, 24, 0, 1, tzinfo=VIETNAM))
    assert "chưa được kiểm lại từ 23/11/2026; nếu không gọi được, gọi 111" in late
    assert late.splitlines()[:2] == said(directory, Question()).splitlines()
    assert {entry.number for entry in directory.due(date(2027, 2, 24))} >= {"111", "1900 96 96 80"}
    assert directory.due(date(2027, 2, 23)) == ()


def test_who_names_a_dead_number_hears_that_it_is_dead(directory: Directory) -> None:
    for typed in ("18001567", "1800 15 67", "1800.1567"):
        text = said(directory, Question(f"số {typed} còn gọi được không"))
        assert text.startswith("Số vừa nhắc tới")
    assert not said(directory, Question("số 111 còn gọi được không")).startswith("Số vừa nhắc tới")


def test_a_wrong_change_is_refused_once_and_the_last_good_version_goes_on(folder: Path) -> None:
    refused: list[ContentFileError | OSError] = []
    kept: LastGood[Directory] = keep_directory(refused.append, folder)
    good = kept.current()
    line = change(folder, "kind: shelter", "kind: hotel")
    assert kept.current() is good
    assert kept.current() is good
    assert [getattr(error, "line", None) for error in refused] == [line]
    change(folder, "kind: hotel", "kind: shelter")
    change(folder, "area: cả nước", "area: cả nước  # as before")
    assert kept.current().entries == good.entries
    assert kept.current() is not good
    (folder / "places.yml").unlink()
    assert kept.current().entries == good.entries
    assert len(refused) == 2
