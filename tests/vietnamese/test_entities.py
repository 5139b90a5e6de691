"""Names in any spelling, ages, relations. The places themselves: tests/content/test_places.py."""

from __future__ import annotations

import pytest

from vietnamese.entities import Names, ages, relations

PLACES = Names(
    "place", {"Đà Nẵng": ["Đà Nẵng"], "An Giang": ["Tân Châu"], "Tây Ninh": ["Tân Châu", "Bà Rịa"]}
)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("em ở Đà Nẵng", ["Đà Nẵng"]),
        ("em o da nang", ["Đà Nẵng"]),
        ("ĐÀ NẴNG!", ["Đà Nẵng"]),
        ("tân châu", ["An Giang", "Tây Ninh"]),
        ("bà em rịa nước mắt", []),
        ("bá ria", []),
        ("", []),
    ],
)
def test_a_name_is_found_with_or_without_diacritics_and_may_be_several(text: str, values: list[str]) -> None:
    assert [entity.value for entity in PLACES.find(text)] == values


def test_both_places_of_a_tone_mark_are_the_same_name() -> None:
    names = Names("place", {"Khánh Hòa": ["Khánh Hòa"]})
    assert [entity.start for entity in names.find("ở Khánh Hoà")] == [2]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("em 12 tuổi", ["12"]),
        ("e 11t", ["11"]),
        ("con hoc lop 7", ["12"]),
        ("lớp 30 bạn", []),
        ("em mười hai tuổi", ["12"]),
        ("con 12 tủi", ["12"]),
        ("muoi ba tuoi", ["13"]),
        ("con học lớp bảy", ["12"]),
        ("năm tuổi thơ êm đềm", []),
        ("con 1,5 tuổi", []),
        ("lúc 7h30 có 12 tin nhắn", []),
    ],
)
def test_ages(text: str, values: list[str]) -> None:
    assert [entity.value for entity in ages(text)] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [("dượng đánh em", ["stepfather"]), ("ba em va bo duong", ["father", "stepfather"]), ("ba cái bánh", [])],
)
def test_relations(text: str, values: list[str]) -> None:
    assert [entity.value for entity in relations().find(text)] == values
