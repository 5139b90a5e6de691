"""Asking for a number, turn by turn through the trained assistant: places, the one question, danger."""

import asyncio
import logging
import unittest

import structlog

from assistant import without_tensorflow
from assistant.in_process import run_actions_here
from assistant.server import answer

AT_MOST_FOR_A_CHILD = 45


class Hotlines(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        without_tensorflow.install()
        from rasa.core.agent import load_agent

        logging.disable(logging.ERROR)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        run_actions_here("actions")
        cls.agent = asyncio.run(load_agent("models"))

    @classmethod
    def tearDownClass(cls) -> None:
        logging.disable(logging.NOTSET)
        structlog.reset_defaults()

    def talk(self, *texts: str) -> list[dict]:
        turns, state = [], None
        for text in texts:
            turns.append(asyncio.run(answer(self.agent, text, state)))
            state = turns[-1]["state"]
        return turns

    def said(self, *texts: str) -> str:
        """Give what the last of the texts is answered."""
        return "\n".join(reply["text"] for reply in self.talk(*texts)[-1]["replies"])

    def test_a_place_in_any_spelling_gives_its_numbers_and_its_new_name(self) -> None:
        for text, name in (
            ("sdt bao ve tre em o vung tau", "Vũng Tàu"),
            ("số bảo vệ trẻ em ở BR-VT", "Bà Rịa – Vũng Tàu"),
            ("số bảo vệ trẻ em ở bình dương cũ", "Bình Dương"),
        ):
            said = self.said(text)
            self.assertIn(f"{name} nay thuộc TP. Hồ Chí Minh", said)
            self.assertIn("1900 54 55 59", said)
            self.assertLess(said.index("111"), said.index("1900 54 55 59"))

    def test_without_a_place_the_list_is_short_and_starts_with_111(self) -> None:
        first = self.talk("cho em xin số điện thoại khẩn cấp")[0]["replies"][0]["text"]
        self.assertTrue(first.startswith("Gọi 111"))
        self.assertLess(len(first), 500)
        self.assertNotIn("1900", first)

    def test_a_name_of_several_places_offers_them_and_the_button_answers(self) -> None:
        (turn,) = self.talk("số bảo vệ trẻ em ở Tam Nông")
        self.assertIn("111", turn["replies"][0]["text"])
        self.assertEqual(turn["replies"][0]["buttons"], ["Số gọi ở Phú Thọ", "Số gọi ở Đồng Tháp"])
        self.assertEqual(len(turn["replies"]), 1)
        said = self.said("số bảo vệ trẻ em ở Tam Nông", "Số gọi ở Phú Thọ")
        self.assertIn("Ở Phú Thọ, mình chưa có số riêng", said)

    def test_an_unknown_place_is_asked_for_once_and_then_answered_with_the_national_numbers(self) -> None:
        unknown = "số bảo vệ trẻ em ở xã Bản Lúa"
        first, second, third = self.talk(unknown, unknown, unknown)
        self.assertEqual(len(first["replies"]), 1)
        self.assertIn("tỉnh hay thành phố nào", first["replies"][0]["text"])
        self.assertIn("111", first["replies"][0]["text"])
        for turn in (second, third):
            self.assertTrue(turn["replies"][0]["text"].startswith("Gọi 111"))

    def test_an_answer_that_makes_no_sense_still_gets_the_numbers(self) -> None:
        turn = self.talk("số bảo vệ trẻ em ở xã Bản Lúa", "qwerty zxcvb lkjh")[-1]
        self.assertEqual(len(turn["replies"]), 1)
        self.assertTrue(turn["replies"][0]["text"].startswith("Gọi 111"))

    def test_a_place_is_remembered_for_the_next_question(self) -> None:
        said = self.said("số bảo vệ trẻ em ở sài gòn", "xin lại số điện thoại gọi cho trẻ em")
        self.assertIn("1900 54 55 59", said)

    def test_danger_now_comes_before_any_question(self) -> None:
        said = self.said("bo dang danh em o xa ban lua goi so nao")
        self.assertNotIn("tỉnh hay thành phố nào", said)
        self.assertLess(said.index("113"), said.index("111"))

    def test_messages_to_a_child_are_short(self) -> None:
        for turn in self.talk("Em là học sinh", "số bảo vệ trẻ em ở vũng tàu")[1:]:
            for reply in turn["replies"]:
                if "Nói thật" not in reply["text"]:
                    self.assertLessEqual(len(reply["text"].split()), AT_MOST_FOR_A_CHILD, reply["text"])


if __name__ == "__main__":
    unittest.main()
