"""The directory in the gateway and on the command line."""

from __future__ import annotations

import shutil
import time
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs
from typer.testing import CliRunner

from bot.app import make_app
from bot.cli import app
from bot.errors import ContentError
from bot.gateway import Gateway
from bot.hotlines import day_in_vietnam, watch_directory
from content.checking import CONTENT, load_directory
from tests.conftest import Clock

NOW = day_in_vietnam(time.time())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("hotlines.yml", "places.yml"):
        shutil.copy(CONTENT / name, tmp_path)
    return tmp_path


def run(*words: str, folder: Path = CONTENT) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["hotlines", *words, "--content", str(folder)])
    return result.exit_code, result.output


def spoil(folder: Path) -> None:
    file = folder / "hotlines.yml"
    file.write_text(file.read_text("utf-8").replace("kind: shelter", "kind: hotel", 1), "utf-8")


def test_a_gateway_does_not_start_with_a_wrong_directory(folder: Path) -> None:
    spoil(folder)
    with pytest.raises(ContentError, match=r"hotlines.yml:\d+: .*peace_house: must be one of"):
        watch_directory(folder)


def test_a_running_gateway_keeps_the_last_good_directory_and_says_so(folder: Path) -> None:
    kept = watch_directory(folder)
    good = kept.current()
    spoil(folder)
    with capture_logs() as logs:
        assert kept.current() is good
    (entry,) = logs
    assert (entry["event"], entry["file"]) == ("hotlines_refused", "hotlines.yml")
    assert entry["line"] > 1


async def test_what_is_due_is_counted_for_prometheus(gateway: Gateway, clock: Clock) -> None:
    async with TestClient(TestServer(make_app(gateway))) as client:
        latest = max(entry.review_by for entry in load_directory().shown)
        clock.ahead = (latest - NOW + timedelta(days=2)).total_seconds()
        async with client.get("/metrics") as response:
            shown = len(load_directory().shown)
            assert f"choche_hotlines_due {float(shown)}" in await response.text()


def test_every_shown_number_is_listed_and_no_other() -> None:
    status, output = run("list")
    assert status == 0
    for entry in load_directory().entries:
        assert (entry.id in output.split()) is entry.shown


def test_a_place_is_answered_as_a_person_there_would_be() -> None:
    status, output = run("list", "vung tau")
    assert status == 0
    assert "Vũng Tàu nay thuộc TP. Hồ Chí Minh" in output
    assert "1900 54 55 59" in output


@pytest.mark.parametrize(("place", "told"), [("châu thành", "An Giang"), ("atlantis", "atlantis")])
def test_a_place_that_is_not_one_place_is_told(place: str, told: str) -> None:
    status, output = run("list", place)
    assert status == 2
    assert told in output


def test_check_fails_once_something_shown_is_overdue() -> None:
    entries = load_directory().shown
    first, last = min(entry.review_by for entry in entries), max(entry.review_by for entry in entries)
    assert run("check", "--today", first.isoformat())[0] == 0
    status, output = run("check", "--today", (last + timedelta(days=1)).isoformat())
    assert status == 1
    assert "Quá hạn" in output
    assert "magic_keys" in output
    assert run("check", "--today", "mai")[0] == 2


def test_check_and_verify_tell_a_wrong_file_and_leave_it(folder: Path) -> None:
    spoil(folder)
    before = (folder / "hotlines.yml").read_bytes()
    for words in (("check",), ("verify", "peace_house")):
        status, output = run(*words, folder=folder)
        assert status == 2
        assert "hotlines.yml:" in output
    assert (folder / "hotlines.yml").read_bytes() == before


def test_verify_changes_its_own_lines_only(folder: Path) -> None:
    file = folder / "hotlines.yml"
    before = file.read_text("utf-8").splitlines()
    status, _ = run("verify", "hcm_psychiatric", "--by", 'trực ban "A"', folder=folder)
    assert status == 0
    after = file.read_text("utf-8").splitlines()
    changed = [line.strip() for line in after if line not in before]
    assert [line.split(":")[0] for line in changed] == ["date_checked", "review_by", "checked_by"]
    assert [line for line in before if line.strip().startswith("#")] == [
        line for line in after if line.strip().startswith("#")
    ]
    entry = next(entry for entry in load_directory(folder).entries if entry.id == "hcm_psychiatric")
    assert entry.date_checked == day_in_vietnam(time.time())
    assert entry.review_by > entry.date_checked
    assert entry.checked_by == 'trực ban "A"'
    again, _ = run("verify", "hcm_psychiatric", "--by", "người khác", folder=folder)
    assert again == 0
    assert len(file.read_text("utf-8").splitlines()) == len(after)
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "nobody"),
        ("verify", "magic_keys"),
        ("verify", "legal_aid"),
        ("verify", "police", "--date", (NOW + timedelta(days=2)).isoformat()),
        ("verify", "police", "--date", "2020-01-01"),
        ("verify", "police", "--date", "hôm qua"),
    ],
)
def test_a_check_that_cannot_be_right_is_refused(folder: Path, words: tuple[str, ...]) -> None:
    before = (folder / "hotlines.yml").read_bytes()
    assert run(*words, folder=folder)[0] == 2
    assert (folder / "hotlines.yml").read_bytes() == before


def test_a_check_of_what_is_not_shown_does_not_show_it(folder: Path) -> None:
    status, output = run("verify", "brvt_social_work", folder=folder)
    assert status == 0
    assert "vẫn chưa hiện" in output
    assert not next(e for e in load_directory(folder).entries if e.id == "brvt_social_work").shown
