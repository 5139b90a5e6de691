"""Two questions in one message, and what only looks like it."""

import pytest

from vietnamese.questions import questions


@pytest.mark.parametrize(
    "text",
    [
        "Gọi 111 có mất tiền không? Báo tin có được giữ kín không?",
        "con bị bắt nạt thì phải làm gì, với lại cho tôi xin số ở Huế",
        "em bi bat nat phai lam sao, con goi 111 co mat tien ko",
        "dấu hiệu bị xâm hại là gì\nsố nào gọi được ban đêm",
    ],
)
def test_two_questions(text: str) -> None:
    assert len(questions(text)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "???",
        "con tôi bị bắt nạt thì phải làm gì?",
        "Ba em say rượu. Ba đánh em. Em không muốn về nhà. Em phải làm sao?",
        "em buồn lắm, không ai nói chuyện với em hết",
        "làm sao? làm sao?",
    ],
)
def test_one_question_or_a_story(text: str) -> None:
    assert questions(text) == ()


def test_a_long_text_is_split_in_linear_time() -> None:
    assert questions("có sao không? " * 20_000) == ()
