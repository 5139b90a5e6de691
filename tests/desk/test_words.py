"""The catalogue of words, and what operators have at hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import desk
from bot.errors import ContentError
from content.at_hand import load_closings, load_replies
from content.checking import CONTENT, load_directory
from content.yaml_file import ContentFileError
from desk.catalogue import FOLDER, load_catalogue

DESK = Path(desk.__file__).parent


def used() -> set[str]:
    scripts = "".join(file.read_text("utf-8") for file in (DESK / "static").glob("*.js"))
    pages = "".join(file.read_text("utf-8") for file in (DESK / "templates").glob("*.html"))
    asked = re.findall(r'\bt\("(\w+)"|\["\w[ \w/?]*", "(key_\w+)"\]', scripts)
    return {name for pair in asked for name in pair if name} | set(re.findall(r"\bw\.(\w+)", pages))


def test_every_word_that_is_asked_for_stands_in_every_language() -> None:
    for words in load_catalogue().values():
        assert used() - words.keys() == set()


def test_no_page_and_no_script_has_words_of_its_own() -> None:
    vietnamese = re.compile(r"[ăâđêôơưàáạảãèéẹẻẽìíịỉĩòóọỏõùúụủũ]", re.IGNORECASE)
    for file in [*(DESK / "static").glob("*.js"), *(DESK / "templates").glob("*.html")]:
        text = re.sub(r"/[^/\n]*đ[^/\n]*/gi|Tiếng Việt", "", file.read_text("utf-8"))
        assert (file.name, vietnamese.findall(text)) == (file.name, [])


@pytest.mark.parametrize(
    ("wrong", "says"), [("title: [x]", "no text"), ("title: '{one}'", "blanks"), ("extra: x", "one language")]
)
def test_a_language_that_differs_is_refused(tmp_path: Path, wrong: str, says: str) -> None:
    first = "title: Bàn trực\n"
    (tmp_path / "vi.yml").write_text(first, "utf-8")
    (tmp_path / "en.yml").write_text((first if "extra" in wrong else "") + wrong, "utf-8")
    with pytest.raises(ContentError, match=says):
        load_catalogue(tmp_path)


def test_replies_for_children_and_adults_are_short_and_name_only_numbers_that_are_shown() -> None:
    known = load_directory().numbers()
    replies = load_replies(CONTENT, known)
    audiences = {one.audience for one in replies.suggestions}
    assert audiences == {"child", "adult", "anyone"}
    with pytest.raises(ContentFileError, match="not shown"):
        load_replies(CONTENT, known - {"115"})


def test_what_may_be_noted_at_the_end() -> None:
    closings = load_closings(CONTENT)
    assert closings.allows("violence.physical", "helped", "police")
    assert closings.allows("", "", "")
    assert not closings.allows("violence", "helped", "")
    assert not closings.allows("violence.physical", "helped", "police; DROP")


@pytest.mark.parametrize("wrong", ["outcomes: {}", "groups: {violence: {name: x}}", "extra: 1"])
def test_a_wrong_list_is_refused(tmp_path: Path, wrong: str) -> None:
    text = (CONTENT / "categories.yml").read_text("utf-8")
    name = wrong.split(":")[0]
    kept = re.split(rf"^{name}:", text, flags=re.MULTILINE)[0] if name != "extra" else text
    (tmp_path / "categories.yml").write_text(f"{kept}\n{wrong}\n", "utf-8")
    with pytest.raises(ContentFileError):
        load_closings(tmp_path)


def test_the_catalogue_is_where_it_is_looked_for() -> None:
    assert {file.stem for file in FOLDER.glob("*.yml")} == {"vi", "en"}
