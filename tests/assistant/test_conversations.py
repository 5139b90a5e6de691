"""The test conversations are real tests: many, and none of their messages is training data."""

import unittest
from pathlib import Path

import yaml
from rasa.shared.nlu.training_data.entities_parser import replace_entities

from assistant.examples import load
from vietnamese.features import spelt_out
from vietnamese.text import fold

ROOT = Path(__file__).parents[2]
FEWEST = 120


def name(text: str) -> str:
    return " ".join(map(fold, spelt_out(text))) or text


def buttons() -> set[str]:
    """Give what the assistant itself offers to press."""
    files = [ROOT / "domain.yml", *(ROOT / "data" / "nlu").glob("*.yml")]
    responses = [yaml.safe_load(file.read_text("utf-8")).get("responses", {}) for file in files]
    return {
        name(button["payload"])
        for answers in responses
        for variants in answers.values()
        for variant in variants
        for button in variant.get("buttons", [])
    }


class Conversations(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        files = sorted((ROOT / "tests" / "conversations").glob("test_*.yml"))
        cls.stories = [s for file in files for s in yaml.safe_load(file.read_text("utf-8"))["stories"]]

    def test_there_are_enough_of_them_each_with_a_name(self) -> None:
        self.assertGreaterEqual(len(self.stories), FEWEST)
        names = [story["story"] for story in self.stories]
        self.assertEqual(len(names), len(set(names)))

    def test_no_message_is_training_data(self) -> None:
        known = {example.name for example in load()} - buttons()
        steps = [step for story in self.stories for step in story["steps"]]
        texts = [replace_entities(step["user"].strip()) for step in steps if "user" in step]
        self.assertEqual([text for text in texts if name(text) in known], [])


class SafeWord(unittest.TestCase):
    def test_every_answer_that_tells_the_safe_word_tells_the_right_one(self) -> None:
        word = yaml.safe_load((ROOT / "content" / "texts.yml").read_text("utf-8"))["safe_word"]
        responses = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["responses"]
        for answer in ("utter_notice", "utter_safe_word"):
            for variant in responses[answer]:
                self.assertIn(f"“{word}”", variant["text"])


if __name__ == "__main__":
    unittest.main()
