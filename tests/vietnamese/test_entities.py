"""Places by their old and new names in any spelling, ages, relations."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from vietnamese.entities import Names, ages, relations

PLACES = Path(__file__).parents[2] / "content" / "places.yml"


@pytest.fixture(scope="module")
def places() -> Names:
    return Names("place", yaml.safe_load(PLACES.read_text("utf-8"))["places"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sdt bao ve tre em o vung tau", "TP. Hồ Chí Minh"),
        ("trung tâm ở BR-VT còn không", "TP. Hồ Chí Minh"),
        ("tphcm có số nào", "TP. Hồ Chí Minh"),
        ("em ở Biên Hòa, Đồng Nai", "Đồng Nai"),
        ("con o quy nhon", "Gia Lai"),
        ("Kon Tum gọi số nào", "Quảng Ngãi"),
        ("em ở Bà Rịa - Vũng Tàu", "TP. Hồ Chí Minh"),
    ],
)
def test_a_place_is_found_by_any_of_its_names(places: Names, text: str, value: str) -> None:
    assert {entity.value for entity in places.find(text)} == {value}


@pytest.mark.parametrize(
    "text", ["bà em rịa nước mắt", "hoa huệ đẹp", "chân con có vết hn", "phường 1 gọi ai", ""]
)
def test_what_is_no_place_is_not_found(places: Names, text: str) -> None:
    assert list(places.find(text)) == []


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
