"""What is learned from beside the hand-written messages is repeatable, labelled, and never a measuring message."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path
from random import Random

from assistant import examples
from assistant.scenarios import FOLDER, Scenario, ScenarioError, load, name_of, problems
from assistant.styles import STYLES
from assistant.widening import COPIES, MADE, Lesson, widened, written
from vietnamese.urgency import LEVELS

MEASURING = Path(__file__).parents[3] / "shared" / "eval" / "dev.jsonl"
TEXTS = [
    "Bố đang đánh em, gọi 113 được không?",
    "con gái tôi 7 tuổi bị thầy giáo mắng suốt",
    "xem phim mà cười muốn chết =))",
    "👍",
    "!!!",
    "0901 234 567",
    "e",
    "Đ",
    "hello",
    "ai cứu với\nem ở 12/3 đường số 5",
]
MENDED = """
scenarios:
  - id: rain
    intent: out_of_scope
    urgency: none
    who: [em, mẹ]
    says: ["{who} đi (mưa|nắng)"]
"""


def digits(text: str) -> str:
    return "".join(mark for mark in text if mark in "0123456789")


def is_within(short: str, long: str) -> bool:
    rest = iter(long)
    return all(mark in rest for mark in short)


def lessons() -> list[Lesson]:
    return written(TEXTS, ["faq/physical_help"] * len(TEXTS), [LEVELS[n % 5] for n in range(len(TEXTS))])


class Styles(unittest.TestCase):
    def test_every_way_of_typing_keeps_the_digits_and_some_text(self) -> None:
        for name, style in STYLES.items():
            for text in TEXTS:
                for seed in range(40):
                    typed = style(text, Random(seed))
                    self.assertTrue(typed.strip(), (name, text))
                    # The keys of VNI are digits themselves: none may be lost, some may come in between.
                    self.assertTrue(is_within(digits(text), digits(typed)), (name, text, typed))

    def test_every_way_of_typing_does_what_it_says(self) -> None:
        text = "bố mẹ không cho tôi vào nhà, bọn nó đang đánh em ngoài đường"
        for name, style in STYLES.items():
            self.assertTrue(any(style(text, Random(seed)) != text for seed in range(5)), name)


class Widening(unittest.TestCase):
    def test_the_same_seed_gives_the_same_set(self) -> None:
        one, other = (widened(lessons(), load(), 7) for _ in range(2))
        self.assertEqual(one, other)
        self.assertNotEqual(one, widened(lessons(), load(), 8))

    def test_what_was_written_comes_first_and_whole(self) -> None:
        self.assertEqual(widened(lessons(), load(), 7)[: len(TEXTS)], lessons())

    def test_a_copy_has_the_labels_of_its_original_and_weighs_less(self) -> None:
        originals = lessons()
        copies = widened(originals, (), 7)[len(originals) :]
        self.assertTrue(copies)
        for copy in copies:
            self.assertLess(copy.weight, 1)
            original = originals[copy.origin]
            self.assertEqual((copy.label, copy.level), (original.label, original.level))

    def test_scenarios_come_in_only_where_their_intent_is_known(self) -> None:
        made = [lesson for lesson in widened(lessons(), load(), 7) if lesson.origin >= len(TEXTS)]
        self.assertEqual({lesson.label for lesson in made}, {"faq/physical_help"})
        self.assertTrue(all(lesson.level in LEVELS and lesson.weight < 1 for lesson in made))

    def test_the_ways_that_are_used_exist(self) -> None:
        self.assertLessEqual(set(COPIES), set(STYLES))


class Scenarios(unittest.TestCase):
    def read(self, text: str, words: str = "words: {}") -> tuple[Scenario, ...]:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "words.yml").write_text(words, "utf-8")
            (Path(folder) / "weather.yml").write_text(text, "utf-8")
            return load(Path(folder))

    def test_a_scenario_says_what_is_written(self) -> None:
        [scenario] = self.read(MENDED)
        said = {scenario.message(Random(seed)) for seed in range(60)}
        self.assertEqual(said, {"em đi mưa", "em đi nắng", "mẹ đi mưa", "mẹ đi nắng"})

    def test_a_person_stays_the_same_through_a_message(self) -> None:
        [scenario] = self.read(MENDED.replace("{who} đi (mưa|nắng)", "{who} và {who}"))
        for seed in range(20):
            one, other = scenario.message(Random(seed)).split(" và ")
            self.assertEqual(one, other)

    def test_the_check_sees_every_message_that_is_learned_from(self) -> None:
        scenario = load()[0]
        self.assertEqual(scenario.messages(200)[:MADE], scenario.messages(MADE))

    def test_what_is_malformed_is_refused_with_file_and_reason(self) -> None:
        for mended, broken, reason in (
            ("urgency: none", "urgency: high", "rain: urgency 'high' is not one of"),
            ("{who} đi", "{whom} đi", "rain: says: no words for {whom}"),
            ("{who} đi", "ai đi", "rain: who: no sentence uses it"),
            ("[em, mẹ]", '["{who} em"]', "rain: says: goes round in a circle"),
            ("(mưa|", "mưa|", "rain: says: a bracket or bar without its other half"),
            ("[em, mẹ]", "{north: [em]}", "rain: who: needs north, central, south"),
            ("[em, mẹ]", "em", "rain: who: must be a list of phrases"),
            ("    intent: out_of_scope\n", "", "rain: needs id and intent"),
            ("id: rain", "id: rain\n    like: sun", "rain: like 'sun': no such scenario"),
            ("  - id", MENDED.split("scenarios:")[1] + "  - id", "rain: this id stands twice"),
            ("    says:", "    said:", "rain: says: must be a list of phrases"),
            ("scenarios:", "scenes:", "must hold `scenarios:` and nothing else"),
            ("scenarios:", "scenarios: [", "not YAML"),
        ):
            with self.assertRaises(ScenarioError, msg=reason) as caught:
                self.read(MENDED.replace(mended, broken))
            self.assertIn(f"weather.yml: {reason}", str(caught.exception))

    def test_what_they_say_fits_what_was_written_by_hand(self) -> None:
        rows = MEASURING.read_text("utf-8").splitlines() if MEASURING.exists() else []
        measuring = [str(json.loads(row)["text"]) for row in rows]
        self.assertEqual(list(problems(load(), examples.load(), measuring, count=40)), [])

    def test_a_measuring_message_is_refused(self) -> None:
        scenario = load()[0]
        text = scenario.messages(20)[3]
        written_by_hand = examples.Example("a.yml", scenario.intent, scenario.urgency, "chào")
        found = list(problems([scenario], [written_by_hand], [text.upper()], count=20))
        self.assertEqual(len(found), 1)
        self.assertIn(f"{scenario.file}: {scenario.id}: kept for measuring", found[0])

    def test_every_level_and_every_region_is_there(self) -> None:
        scenarios = load(FOLDER)
        self.assertEqual({scenario.urgency for scenario in scenarios}, set(LEVELS))
        said = {name_of(each.message(Random(seed))).split()[0] for each in scenarios for seed in range(9)}
        self.assertLessEqual({"bo", "ba", "tia"}, said)


if __name__ == "__main__":
    unittest.main()
