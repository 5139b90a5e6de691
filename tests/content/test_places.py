"""Where somebody is: in any spelling, by old and new names, and honest about what may be two places."""

from __future__ import annotations

import pytest

from content.checking import load_directory
from content.places import Places, names_unknown_place, settle


@pytest.fixture(scope="module")
def places() -> Places:
    return load_directory().places


def areas(places: Places, text: str) -> list[tuple[str, ...]]:
    return [mention.areas for mention in settle(places.meant(text))]


HCM = "TP. Hồ Chí Minh"


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("sdt bao ve tre em o vung tau", HCM),
        ("trung tâm ở BR-VT còn không", HCM),
        ("brvt", HCM),
        ("em ở Bà Rịa - Vũng Tàu", HCM),
        ("tphcm có số nào", HCM),
        ("o sg", HCM),
        ("sài gòn", HCM),
        ("nhà em ở quận 7", HCM),
        ("q7", HCM),
        ("Thủ Dầu Một", HCM),
        ("em ở Biên Hòa", "Đồng Nai"),
        ("dnai", "Đồng Nai"),
        ("Đồng Nai", "Đồng Nai"),
        ("Bình Phước cũ", "Đồng Nai"),
        ("con o quy nhon", "Gia Lai"),
        ("Kon Tum gọi số nào", "Quảng Ngãi"),
        ("o hn", "Hà Nội"),
        ("HN", "Hà Nội"),
        ("Khánh Hoà", "Khánh Hòa"),
        ("thành phố Vinh", "Nghệ An"),
        ("ở Vinh", "Nghệ An"),
        ("ở ddaf nawngx", "Đà Nẵng"),
        ("vunxg tafu", HCM),
        ("em ở Vủng Tàu", HCM),
        ("rạch giá", "An Giang"),
        ("bmt", "Đắk Lắk"),
        ("hoa binh", "Phú Thọ"),
        ("Phú Mỹ", HCM),
        ("Phù Mỹ", "Gia Lai"),
        ("Hạ Long", "Quảng Ninh"),
    ],
)
def test_a_place_is_found_by_any_of_its_names(places: Places, text: str, area: str) -> None:
    assert areas(places, text) == [(area,)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("châu thành", {"An Giang", "Cần Thơ", "Tây Ninh", "Vĩnh Long", "Đồng Tháp"}),
        ("em o phu my", {HCM, "Gia Lai"}),
        ("o dn", {"Đà Nẵng", "Đồng Nai"}),
        ("An Lão", {"Hải Phòng", "Gia Lai"}),
        ("Tam Nông", {"Phú Thọ", "Đồng Tháp"}),
        ("huyện Phong Điền", {"Huế", "Cần Thơ"}),
        ("Tân Uyên", {HCM, "Lai Châu"}),
    ],
)
def test_a_name_of_several_places_is_all_of_them(places: Places, text: str, wanted: set[str]) -> None:
    (mention,) = areas(places, text)
    assert set(mention) == wanted


def test_the_province_beside_it_says_which_one_is_meant(places: Places) -> None:
    assert areas(places, "Châu Thành, Hậu Giang") == [("Cần Thơ",), ("Cần Thơ",)]
    assert areas(places, "huyện Tân Phú tỉnh Đồng Nai") == [("Đồng Nai",), ("Đồng Nai",)]


@pytest.mark.parametrize(
    "text",
    [
        "bà em rịa nước mắt",
        "hoa huệ đẹp",
        "chân con có vết hn",
        "phường 1 gọi ai",
        "số đó là gì",
        "so do la gi vay",
        "cai be do bi danh",
        "con tu ky goi ai",
        "ba vi say ruou danh em",
        "anh son la ai",
        "",
        "\ud800",
        "ở",
    ],
)
def test_what_is_no_place_is_not_found(places: Places, text: str) -> None:
    assert areas(places, text) == []


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("số bảo vệ trẻ em ở Nậm Xyz", True),
        ("o ban na loc co so nao", True),
        ("xã Nghĩa Thuận gọi số nào", True),
        ("thị trấn Abc", True),
        ("em ở nhà một mình", False),
        ("ở đâu có người giúp", False),
        ("o truong em bi danh", False),
        ("số ở đây là số mấy", False),
        ("số nào gọi được cho trẻ em", False),
    ],
)
def test_a_place_that_is_not_known_is_noticed(text: str, unknown: bool) -> None:
    assert names_unknown_place(text) is unknown


def test_every_province_of_before_and_of_today_is_found(places: Places) -> None:
    assert (len(places.areas), len(places.old)) == (34, 63)
    for name in places.areas | places.old:
        assert len(places.find(f"em ở {name}")[0].areas) == 1, name
