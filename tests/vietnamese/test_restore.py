"""Diacritics are given back where they are certain, and only to what was typed without them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vietnamese.typed import LINES
from vietnamese.features import spelt_out
from vietnamese.restore import WordsFileError, mostly_bare, open_words, restorer, words_beside
from vietnamese.text import fold

COUNTS = {
    "bố": 40,
    "bỏ": 20,
    "đánh": 30,
    "danh": 5,
    "em": 90,
    "học": 20,
    "sợ": 20,
    "số": 20,
    "lắm": 20,
    ".": 50,
}
PAIRS = {
    ".": {"bố": 30, "em": 20, "bỏ": 5},
    "bố": {"đánh": 20},
    "bỏ": {"học": 19},
    "đánh": {"em": 25},
    "em": {"sợ": 9, "bỏ": 9, ".": 30},
    "sợ": {"lắm": 18},
    "học": {".": 15},
}
WORDS = restorer(COUNTS, PAIRS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bo danh em", "bố đánh em"),
        ("em bo hoc", "em bỏ học"),
        ("em so lam", "em sợ lắm"),
        ("xyz 12", "xyz 12"),
        ("", ""),
    ],
)
def test_the_neighbours_tell_which_word_is_meant(typed: str, meant: str) -> None:
    assert " ".join(WORDS.likeliest(typed.split())) == meant


def test_a_word_that_could_be_two_is_shown_as_it_was_typed() -> None:
    [(_, chance)] = WORDS.best(["so"])
    assert chance < 0.95
    assert WORDS.restored(["so"]) == ("so",)
    assert WORDS.restored(["bo", "danh", "em"], sure=0.9)[1:] == ("đánh", "em")


def test_text_with_diacritics_is_meant_as_it_stands() -> None:
    assert mostly_bare(["bo", "danh", "em"])
    assert not mostly_bare(["bố", "đánh", "em"])


@given(LINES)
def test_as_many_words_as_came_in_and_each_folds_to_what_was_typed(text: str) -> None:
    typed = spelt_out(text)
    for read in (WORDS.likeliest(typed), WORDS.restored(typed)):
        assert list(map(fold, read)) == list(map(fold, typed))
        assert [word for word in typed if word != fold(word)] == [
            word for word, before in zip(read, typed, strict=True) if before != fold(before)
        ]
    assert WORDS.likeliest(WORDS.likeliest(typed)) == WORDS.likeliest(typed)


@given(st.lists(st.text(max_size=8), max_size=12))
def test_without_any_counts_nothing_changes(words: list[str]) -> None:
    assert restorer({}, {}).likeliest(words) == tuple(words)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"format":1}', '{"format":2,"words":{},"pairs":{}}', "\x00"]
)
def test_a_damaged_file_is_told_and_reading_goes_on_without(tmp_path: Path, content: str) -> None:
    (tmp_path / "words.model").write_text(content)
    with pytest.raises(WordsFileError):
        open_words(tmp_path / "words.model")
    assert words_beside(tmp_path / "urgency.model") is None
