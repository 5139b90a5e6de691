"""Words of every region have a standard reading, and keep their other meanings."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.vietnamese.typed import TYPED
from vietnamese.features import spelt_out
from vietnamese.regional import standard


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tía uýnh tui", "bố đánh tôi"),
        ("tia danh tui", "bố danh tôi"),
        ("ba em nhậu xong la em", "bố uống rượu xong mắng em"),
        ("bầm ơi con sợ", "mẹ con sợ"),
        ("mi đi mô rứa", "mày đi đâu thế"),
        ("răng rứa mạ", "sao thế mẹ"),
        ("chừ tau biết mần răng", "bây giờ tao biết làm sao"),
        ("em hổng dám về", "em không dám về"),
        ("em mắc cỡ", "em xấu hổ"),
        ("ổng xỉn rồi nạt má", "ông ấy say rượu rồi mắng mẹ"),
        ("bạn ăn hiếp em", "bạn bắt nạt em"),
    ],
)
def test_regional_words_read_as_the_common_ones(typed: str, meant: str) -> None:
    assert " ".join(standard(spelt_out(typed))) == meant


@pytest.mark.parametrize(
    "text",
    [
        "đánh răng cho con",
        "em đau răng",
        "mô hình học tập",
        "chi nhánh ngân hàng",
        "tê tay",
        "em vô dụng",
        "ăn chả lụa",
        "chân bị bầm tím",
        "hai má đỏ",
        "bị bắt nạt",
        "thầy giáo mắng em",
        "ba cái bánh",
    ],
)
def test_other_meanings_stay(text: str) -> None:
    assert " ".join(standard(spelt_out(text))) == text


def test_a_word_of_the_centre_is_one_only_beside_another() -> None:
    assert standard(("mạ", "cho", "đánh", "răng", "rồi")) == ("mẹ", "cho", "đánh", "răng", "rồi")
    assert standard(("răng", "con", "khóc", "rứa")) == ("sao", "con", "khóc", "thế")
    assert standard(("răng", "con", "trắng")) == ("răng", "con", "trắng")


@given(TYPED)
def test_reading_twice_changes_nothing_more_and_figures_stay(text: str) -> None:
    typed = spelt_out(text)
    plain = standard(typed)
    assert standard(plain) == plain
    assert bool(plain) == bool(typed)
    assert [word for word in plain if word.isdecimal()] == [word for word in typed if word.isdecimal()]
