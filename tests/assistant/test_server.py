"""The turn server over HTTP with the trained model: secrets, state that travels, answers for who is asking."""

import unittest
import urllib.error

from tests.assistant.turns import Assistant


class TurnServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.assistant = Assistant()
        cls.turn = cls.assistant.turn

    @classmethod
    def tearDownClass(cls) -> None:
        printed = cls.assistant.stop()
        assert not printed, printed[-500:]

    def said(self, turn: dict) -> str:
        return "\n".join(reply["text"] for reply in turn["replies"])

    def test_a_wrong_secret_is_refused(self) -> None:
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.turn("chào", secret="another")
        self.assertEqual(refused.exception.code, 403)
        refused.exception.close()

    def test_the_question_is_answered_before_the_notice_and_the_notice_comes_once(self) -> None:
        first = self.turn("Gọi 111 thì chuyện gì xảy ra?")
        self.assertIn("111", first["replies"][0]["text"])
        self.assertIn("Em là học sinh", first["replies"][-1]["buttons"])
        second = self.turn("Dạy trẻ tự bảo vệ mình thế nào?", first["state"])
        self.assertNotIn(
            "Em là học sinh", [button for reply in second["replies"] for button in reply["buttons"]]
        )

    def test_a_greeting_asks_nothing(self) -> None:
        turn = self.turn("xin chào")
        self.assertEqual(turn["reading"]["intent"], "greet")
        self.assertEqual(turn["replies"][0]["buttons"], [])

    def test_the_answer_changes_with_the_audience(self) -> None:
        question = "Bị bắt nạt ở trường thì phải làm gì?"
        child = self.turn("Em là học sinh", self.turn("xin chào")["state"])
        adult = self.turn("Tôi là người lớn", self.turn("xin chào")["state"])
        answers = [self.said(self.turn(question, state)) for state in (None, child["state"], adult["state"])]
        self.assertEqual(len(set(answers)), 3)
        self.assertIn("không phải lỗi của em", answers[1])

    def test_conversations_do_not_mix(self) -> None:
        child = self.turn("Em là học sinh")["state"]
        other = self.turn("xin chào")["state"]
        self.assertNotEqual(
            self.said(self.turn("Bị bắt nạt ở trường thì phải làm gì?", child)),
            self.said(self.turn("Bị bắt nạt ở trường thì phải làm gì?", other)),
        )

    def test_the_state_stays_small_and_holds_no_words(self) -> None:
        state = None
        for _ in range(30):
            state = self.turn("em bị bạn tẩy chay rất riêng tư", state)["state"]
        self.assertLess(len(state), 4_000)
        self.assertNotIn("riêng tư", state)

    def test_odd_states_and_texts_are_answered(self) -> None:
        for state in ("", "garbage", "[]", '{"slots": 3}', '{"events": [["user"]]}', '{"slots": {"x": 1}}'):
            self.assertTrue(self.said(self.turn("xin chào", state)))
        for text in ("", " ", "\ud800", "a" * 100_000, "\x00", "🙂"):
            self.assertTrue(self.said(self.turn(text)))

    def test_a_person_can_be_asked_for(self) -> None:
        turn = self.turn("em muốn nói chuyện với người thật")
        self.assertEqual(turn["reading"]["intent"], "talk_to_human")

    def test_numbers_of_a_place_come_with_the_national_ones(self) -> None:
        said = self.said(self.turn("so dien thoai goi o sai gon"))
        self.assertIn("1900 54 55 59", said)
        self.assertIn("111", said)


if __name__ == "__main__":
    unittest.main()
