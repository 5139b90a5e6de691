"""Every number that an answer shows stands in the one table of numbers."""

import re
import unittest
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
NUMBER = re.compile(r"\d(?:[ .]?\d){2,}")


def digits(number: str) -> str:
    return re.sub(r"\D", "", number)


class Numbers(unittest.TestCase):
    def test_answers_show_known_numbers_only(self) -> None:
        directory = yaml.safe_load((ROOT / "content" / "hotlines.yml").read_text("utf-8"))
        known = {digits(str(entry["number"])) for entry in directory["entries"]}
        for file in [ROOT / "domain.yml", *(ROOT / "data" / "nlu").glob("*.yml")]:
            responses = yaml.safe_load(file.read_text("utf-8")).get("responses", {})
            for name, variants in responses.items():
                for variant in variants:
                    for number in NUMBER.findall(variant["text"]):
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
