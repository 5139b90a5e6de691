"""Every text has its views, whatever was typed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnamese.keyboard import repaired
from vietnamese.teencode import expand
from vietnamese.text import compose, fold, views, words

ANY = st.text(st.characters(), max_size=300)


@given(ANY)
def test_composing_and_folding_twice_changes_nothing_more(text: str) -> None:
    assert compose(compose(text)) == compose(text)
    assert fold(fold(text)) == fold(text)


@given(ANY)
def test_no_digit_is_lost(text: str) -> None:
    digits = [mark for mark in text if mark in "0123456789"]
    assert [mark for mark in views(text).folded if mark in "0123456789"] == digits


@given(st.text("aáàảãạăâbcdđeêghiklmnoôơpqrstuưvxyýỳ ", min_size=1, max_size=60))
def test_letters_never_become_nothing(text: str) -> None:
    assert bool(views(text).folded) == bool(text.strip())


@given(st.text("aáàảãạoóòỏõọeéèẻẽẹuúùủũụyýỳỷỹỵhbcđ ", max_size=40))
def test_composed_and_decomposed_are_one(text: str) -> None:
    assert views(unicodedata.normalize("NFD", text)).unified == views(text).unified


@pytest.mark.parametrize(("one", "other"), [("hòa", "hoà"), ("khỏe", "khoẻ"), ("thủy", "thuỷ")])
def test_both_places_of_the_tone_mark_are_one_word(one: str, other: str) -> None:
    assert views(one).unified == views(other).unified


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("e k mún sốg nữa", "em không muốn sống nữa"),
        ("bố đáaaanh", "bố đánh"),
        ("đ.á.n.h em", "đánh em"),
        ("boos ddang ddanhs em", "bố đang đánh em"),
        ("nguwowif ta d9a1nh em cu71u", "người ta đánh em cứu"),
        ("mej ddi lafm roofi", "mẹ đi làm rồi"),
        ("test this lop10 7h30 facebook", "test this lop10 7h30 facebook"),
    ],
)
def test_short_forms_and_filler_are_spelt_out(typed: str, meant: str) -> None:
    assert " ".join(expand(words(views(typed).unified))) == meant


@given(ANY)
def test_repairing_a_word_twice_changes_nothing_more(text: str) -> None:
    for word in words(views(text).unified):
        assert repaired(repaired(word)) == repaired(word)
