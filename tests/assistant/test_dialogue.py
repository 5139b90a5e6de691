"""Conversations of several turns with the trained model: what is said, not only which action runs."""

import unittest
from typing import Any

from tests.assistant.turns import Assistant

HUMAN = "Em muốn nói chuyện với người thật"


class Dialogue(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.assistant = Assistant()
        cls.addClassCleanup(cls.assistant.stop)

    def say(self, *texts: str) -> list[dict[str, Any]]:
        """Give the turns of one conversation."""
        turns, state = [], None
        for text in texts:
            turns.append(self.assistant.turn(text, state))
            state = turns[-1]["state"]
        return turns

    def said(self, turn: dict[str, Any]) -> str:
        return "\n".join(reply["text"] for reply in turn["replies"])

    def offered(self, turn: dict[str, Any]) -> list[str]:
        return [button for reply in turn["replies"] for button in reply["buttons"]]

    def test_two_questions_get_two_answers(self) -> None:
        [turn] = self.say("Báo tin thì có được giấu tên không? Gọi 111 có mất tiền không?")
        [hidden] = self.say("Báo tin thì có được giữ kín không?")
        [free] = self.say("Gọi 111 thì chuyện gì xảy ra?")
        answers = [reply["text"] for reply in turn["replies"]]
        self.assertEqual(answers[:2], [hidden["replies"][0]["text"], free["replies"][0]["text"]])

    def test_a_question_and_a_place_get_the_answer_and_the_number(self) -> None:
        [turn] = self.say(
            "con tôi bị bạn bắt nạt thì phải làm gì, với lại cho tôi xin số điện thoại ở Sài Gòn"
        )
        self.assertIn("1900 54 55 59", self.said(turn))
        self.assertEqual(turn["reading"]["intent"], "faq/bullying_help")

    def test_a_grown_up_who_says_so_is_not_asked_who_they_are(self) -> None:
        [turn] = self.say("con gái tôi bị bạn bắt nạt ở trường, tôi phải làm gì")
        self.assertIn("anh/chị", self.said(turn))
        self.assertNotIn("Tôi là người lớn", self.offered(turn))

    def test_it_says_that_it_is_a_machine_after_the_first_answer(self) -> None:
        [turn] = self.say("bị bạn bắt nạt thì phải làm gì")
        self.assertNotIn("mình là máy", turn["replies"][0]["text"])
        self.assertIn("mình là máy", turn["replies"][1]["text"])

    def test_the_subject_changes_and_changes_back(self) -> None:
        turns = self.say(
            "em bị bạn bè cô lập trong lớp",
            "Báo tin thì có được giữ kín không?",
            "quay lại chuyện lúc nãy đi",
        )
        self.assertEqual(turns[0]["replies"][0]["text"], turns[2]["replies"][1]["text"])

    def test_what_comes_after_the_signs_are_the_steps_and_after_the_steps_something_else(self) -> None:
        turns = self.say("dấu hiệu con tôi bị bắt nạt ở trường là gì", "rồi làm gì tiếp", "rồi sao nữa")
        self.assertEqual(turns[0]["reading"]["intent"], "faq/bullying_signs")
        self.assertEqual(len({self.said(turn) for turn in turns}), 3)

    def test_who_does_not_understand_gets_simpler_words_and_at_the_second_time_a_human(self) -> None:
        turns = self.say("bị bạn bắt nạt thì phải làm gì", "em chưa hiểu lắm", "vẫn không hiểu")
        self.assertIn("Nói ngắn thôi", self.said(turns[1]))
        self.assertIn(HUMAN, self.offered(turns[1]))
        self.assertIn("người thật", self.said(turns[2]))
        self.assertIn("111", self.said(turns[2]))

    def test_confusion_is_forgotten_after_an_answer(self) -> None:
        turns = self.say("không hiểu gì hết", "bị bạn bắt nạt thì phải làm gì", "em chưa hiểu lắm")
        self.assertIn("Nói ngắn thôi", self.said(turns[2]))

    def test_a_misreading_is_corrected_with_the_nearest_subjects(self) -> None:
        turns = self.say("dấu hiệu con tôi bị bắt nạt ở trường là gì", "không phải ý mình")
        self.assertIn("xin lỗi", self.said(turns[1]))
        self.assertGreaterEqual(len(self.offered(turns[1])), 3)
        self.assertEqual(self.offered(turns[1])[-1], HUMAN)

    def test_a_child_in_worry_is_asked_once_whether_it_is_safe(self) -> None:
        turns = self.say("em học lớp 7, mẹ hay đánh em", "Có", "mẹ lại đánh em nữa rồi")
        self.assertEqual(self.offered(turns[0])[-3:], ["Có", "Không", "Không biết"])
        self.assertNotEqual(turns[1]["reading"]["urgency"], "urgent")
        self.assertNotIn("Không biết", self.offered(turns[2]))

    def test_a_child_that_is_not_safe_gets_steps_and_a_human_is_told(self) -> None:
        turns = self.say("em học lớp 7, bố dượng hay đánh em", "Không")
        self.assertEqual(turns[1]["reading"]["intent"], "not_safe")
        self.assertEqual(turns[1]["reading"]["urgency"], "urgent")
        self.assertIn("113", self.said(turns[1]))

    def test_a_no_to_anything_else_is_a_mere_no(self) -> None:
        turns = self.say("em học lớp 7, bố dượng hay đánh em", "em cảm ơn", "Không")
        self.assertEqual(turns[2]["reading"]["intent"], "deny")

    def test_who_is_not_sure_is_not_pressed(self) -> None:
        turns = self.say("em học lớp 7, bố dượng hay đánh em", "Không biết")
        self.assertEqual(turns[1]["reading"]["urgency"], "concern")
        self.assertIn("cũng không sao", self.said(turns[1]))

    def test_a_grown_up_and_an_unknown_person_are_not_asked_whether_they_are_safe(self) -> None:
        for text in ("con gái tôi bị bạn đánh ở trường", "có người bị đánh ở trường"):
            [turn] = self.say(text)
            self.assertNotIn("Không biết", self.offered(turn))

    def test_a_friends_story_is_answered_as_to_a_friend(self) -> None:
        [turn] = self.say("bạn em bị ba nó đánh bằng roi hoài")
        self.assertEqual(turn["reading"]["urgency"], "urgent")
        self.assertTrue(turn["reading"]["intent"].startswith("faq/physical"))
        [friend] = self.say("Bạn mình gặp chuyện thì mình giúp thế nào?")
        self.assertEqual(turn["replies"][0]["text"], friend["replies"][0]["text"])

    def test_the_safe_word_is_told_with_the_notice_and_with_privacy(self) -> None:
        turns = self.say("bạn là ai", "làm sao để mẹ không thấy đoạn chat này")
        for turn in turns:
            self.assertIn("ô mai", self.said(turn))

    def test_it_refuses_what_it_must_not_do(self) -> None:
        for text, words in {
            "bot chẩn đoán xem con tôi bệnh gì": "không khám",
            "hứa giữ bí mật thì em mới kể": "không hứa giữ kín",
            "cho tôi tên người đã báo tin nhà tôi": "không được nói",
            "viết đơn kiện hộ tôi với": "không phải luật sư",
        }.items():
            [turn] = self.say(text)
            self.assertIn(words, self.said(turn), text)


if __name__ == "__main__":
    unittest.main()
