"""Who is writing: only where the words leave no doubt."""

import pytest

from vietnamese.speaker import audience, tells_of_a_friend


@pytest.mark.parametrize(
    "text",
    [
        "em học lớp 7, em bị bạn đánh",
        "em hoc lop 7 a",
        "Dạ con lớp 5",
        "mình 14 tuổi, má không tin mình",
        "e 13t, có người nhắn rủ e đi chơi",
        "bố em hay đánh em khi say",
        "tớ là học sinh",
        "cô chủ nhiệm em không tin em",
    ],
)
def test_a_child_says_so(text: str) -> None:
    assert audience(text) == "child"


@pytest.mark.parametrize(
    "text",
    [
        "Tôi là mẹ của bé Bông",
        "toi la giao vien lop 4",
        "em là mẹ của bé 3 tuổi",
        "con em 5 tuổi hay khóc đêm",
        "con trai tôi bị bạn đánh",
        "bé nhà em mới 2 tuổi",
        "chồng em hay đánh con",
        "cháu nội tui nó ở với mẹ kế",
        "con toi bi danh o truong",
        "mình dạy lớp 8, có em hay buồn",
    ],
)
def test_a_grown_up_says_so(text: str) -> None:
    assert audience(text) == "adult"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "xin chào",
        "em bị đánh",
        "con học lớp 6 hay nói dối",
        "có một em lớp 7 ở trường hay khóc",
        "em lớp 9 nhà tôi bỏ ăn",
        "em học sinh lớp 4 xin ngồi cạnh cửa",
        "bạn em 15 tuổi bị ép cưới",
        "làm sao biết trẻ bị bắt nạt",
        "anh ấy lớn hơn em 9 tuổi",
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    assert audience(text) is None


@pytest.mark.parametrize(
    ("text", "friends"),
    [
        ("bạn em bị ba đánh", True),
        ("nhỏ bạn thân của em hay rạch tay", True),
        ("ban cung lop em bi doa dang hinh", True),
        ("bạn em đánh em", False),
        ("em bị bạn em đánh", False),
        ("bạn em cũng bị đánh, em bị đánh nhiều hơn", False),
        ("em bị bạn trong lớp cô lập", False),
    ],
)
def test_a_friends_story_is_told_from_ones_own(text: str, friends: bool) -> None:
    assert tells_of_a_friend(text) is friends
