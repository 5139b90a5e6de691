"""Words typed without spaces are taken apart; what is one word stays one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vietnamese.typed import TYPED
from vietnamese.sticky import split
from vietnamese.teencode import expand
from vietnamese.text import views, words


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bodanhem", "bo danh em"),
        ("emsolam", "em so lam"),
        ("cuuemvoi", "cuu em voi"),
        ("cứuemvới", "cứu em với"),
        ("sợlắm", "sợ lắm"),
        ("emkhongmuonvenha", "em khong muon ve nha"),
        ("dungnoivoime", "dung noi voi me"),
    ],
)
def test_words_that_stick_together_are_taken_apart(typed: str, meant: str) -> None:
    assert " ".join(split(typed)) == meant


WHOLE = """
khuya nghiêng facebook messenger youtube camera video online robot chatbot database something minecraft kemduasau01
totoro zalo instagram vitamin because community develop naruto doraemon
"""


@pytest.mark.parametrize("word", WHOLE.split())
def test_a_word_a_name_and_english_stay_whole(word: str) -> None:
    assert split(word) == (word,)


def test_an_address_stays_as_it_is_read() -> None:
    seen = words(views("https://example.com/bodanhem1").unified)
    assert expand(seen) == seen


@given(TYPED | st.text("abcdeghiklmnoprstuvxyđáàạâêôơư", max_size=45))
def test_no_letter_is_lost_and_a_piece_is_not_split_again(text: str) -> None:
    for word in words(views(text).unified):
        pieces = split(word)
        assert "".join(pieces) == word
        assert all(split(piece) == (piece,) for piece in pieces)


@given(TYPED)
def test_what_is_spelt_out_needs_no_spelling_out(text: str) -> None:
    plain = expand(words(views(text).unified))
    assert expand(plain) == plain


@given(TYPED)
def test_a_word_never_becomes_nothing_and_figures_stay(text: str) -> None:
    typed = words(views(text).unified)
    plain = expand(typed)
    assert len(plain) >= len(typed)
    assert [word for word in plain if word.isdecimal()] == [word for word in typed if word.isdecimal()]
