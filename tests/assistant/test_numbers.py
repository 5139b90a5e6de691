"""Every number that an answer shows may be shown: it stands in the one table of numbers, cleared for display."""

import unittest
from pathlib import Path

import yaml

from content.checking import load_directory
from content.fields import NUMBERS, digits

ROOT = Path(__file__).parents[2]


class Numbers(unittest.TestCase):
    def test_answers_show_cleared_numbers_only(self) -> None:
        known = load_directory().numbers()
        for file in [ROOT / "domain.yml", *(ROOT / "data" / "nlu").glob("*.yml")]:
            responses = yaml.safe_load(file.read_text("utf-8")).get("responses", {})
            for name, variants in responses.items():
                for variant in variants:
                    for number in NUMBERS.findall(variant["text"]):
                        self.assertIn(digits(number), known, f"{file.name}: {name}")

    def test_every_topic_answers_a_child_an_adult_and_whoever_it_is(self) -> None:
        for file in (ROOT / "data" / "nlu").glob("*.yml"):
            for name, variants in yaml.safe_load(file.read_text("utf-8")).get("responses", {}).items():
                audiences = [
                    variant["condition"][0]["value"] for variant in variants if "condition" in variant
                ]
                self.assertEqual(sorted(audiences), ["adult", "child"], name)
                self.assertEqual(len(variants), 3, name)


if __name__ == "__main__":
    unittest.main()
