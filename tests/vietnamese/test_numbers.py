"""Numbers in figures and words, phone numbers in any spelling, and where they stand."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vietnamese.typed import TYPED
from vietnamese.numbers import numbers, phone_numbers

SPOKEN = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("mười ba", [13]),
        ("muoi hai", [12]),
        ("ba mươi lăm", [35]),
        ("hai mốt", [21]),
        ("một trăm mười một", [111]),
        ("một trăm linh năm", [105]),
        ("mot tram le tam", [108]),
        ("em thi được 10 điểm, bạn em chín", [10, 9]),
        ("bảy giờ 30", [7, 30]),
        ("em sợ", []),
    ],
)
def test_numbers(text: str, values: list[int]) -> None:
    assert [number.value for number in numbers(text)] == values


@pytest.mark.parametrize(
    ("text", "digits", "where"),
    [
        ("gọi 0912.345.678 nha", "0912345678", "0912.345.678"),
        ("số +84 912 345 678", "0912345678", "+84 912 345 678"),
        ("o912345678 mẹ em", "0912345678", "o912345678"),
        ("(024) 3825 1234", "02438251234", "(024) 3825 1234"),
        ("1800 1567 phải không", "18001567", "1800 1567"),
        ("em 12 tuổi 0912345678", "0912345678", "0912345678"),
        (
            "không chín một hai ba bốn năm sáu bảy tám",
            "0912345678",
            "không chín một hai ba bốn năm sáu bảy tám",
        ),
        ("khong9mot2 345678", "0912345678", "khong9mot2 345678"),
        ("1 1 1 là gì", "111", "1 1 1"),
        ("gọi một trăm mười một", "111", "một trăm mười một"),
        ("113", "113", "113"),
    ],
)
def test_a_phone_number_however_it_is_written(text: str, digits: str, where: str) -> None:
    [found] = phone_numbers(text)
    assert (found.digits, text[found.start : found.end]) == (digits, where)


@pytest.mark.parametrize(
    "text",
    [
        "lúc 7h30 có 12 tin nhắn",
        "năm 2024",
        "500.000 đồng",
        "em 11, anh 1",
        "ba em không về",
        "1234567890123",
    ],
)
def test_what_is_no_phone_number(text: str) -> None:
    assert list(phone_numbers(text)) == []


def test_decomposed_text_is_read_too() -> None:
    text = unicodedata.normalize("NFD", "em mười ba tuổi")
    [found] = numbers(text)
    assert (found.value, text[found.start : found.end]) == (13, unicodedata.normalize("NFD", "mười ba"))


@given(
    st.text("0123456789", min_size=8, max_size=8), st.lists(st.sampled_from(["", " ", ".", "-"]), min_size=10)
)
def test_no_figure_of_a_phone_number_is_lost(rest: str, gaps: list[str]) -> None:
    number = f"09{rest}"
    written = "".join(digit + gap for digit, gap in zip(number, gaps, strict=False))
    spoken = " ".join(SPOKEN[int(digit)] for digit in number)
    assert [found.digits for found in phone_numbers(written)] == [number]
    assert [found.digits for found in phone_numbers(spoken)] == [number]


@given(TYPED)
def test_what_is_found_stands_in_the_text_one_after_the_other(text: str) -> None:
    for found in (list(numbers(text)), list(phone_numbers(text))):
        ends = [0, *(place for item in found for place in (item.start, item.end)), len(text)]
        assert ends == sorted(ends)
