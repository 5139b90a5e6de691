"""The words of our own text are counted, and the file that keeps them gives them back."""

import tempfile
import unittest
from pathlib import Path

from assistant.spelling import count_words, write_words
from vietnamese.restore import open_words

TEXTS = [
    "bố đánh em đau lắm",
    "bố đánh em hoài",
    "em bỏ học rồi",
    "em muốn bỏ học",
    "bo danh em",
    "bố dánh em",
]


class Spelling(unittest.TestCase):
    def test_the_file_restores_what_was_counted(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "words.model"
            write_words(path, *count_words(TEXTS))
            words = open_words(path)
        self.assertEqual(words.likeliest(("bo", "danh", "em")), ("bố", "đánh", "em"))
        self.assertEqual(words.likeliest(("em", "bo", "hoc")), ("em", "bỏ", "học"))

    def test_what_stands_once_and_unaccented_text_teach_nothing(self) -> None:
        counts, _ = count_words(TEXTS)
        self.assertNotIn("dánh", counts)
        self.assertNotIn("bo", counts)


if __name__ == "__main__":
    unittest.main()
