"""The reader learns from any Rasa data: many labels or two, with urgency or without."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import numpy as np

from assistant.learning import Examples, feature_weights, learn_topics, learn_urgency, matrix, softmax
from assistant.reader import write_model
from vietnamese.features import vector
from vietnamese.linear import open_model
from vietnamese.urgency import LEVELS

FLIGHTS = [
    "chuyến bay sớm nhất đi Huế",
    "chuyến bay tối đi Đà Lạt",
    "bay thẳng tới Vinh",
    "có chuyến bay nào không",
]
FARES = ["giá vé đi Huế", "vé rẻ nhất bao nhiêu tiền", "giá vé khứ hồi", "tiền vé tháng sau"]
MEALS = ["trên máy bay có suất ăn không"]


def learned(texts: list[str], labels: list[str]) -> list[str]:
    weights = feature_weights(texts)
    topics = learn_topics(Examples.plain(matrix(texts, weights), labels))
    scores = [topics.scores(vector(text, weights.__getitem__)) for text in texts]
    return [topics.labels[int(np.argmax(score))] for score in scores]


class Learning(unittest.TestCase):
    def test_two_labels(self) -> None:
        labels = ["flight"] * 4 + ["fare"] * 4
        self.assertEqual(learned(FLIGHTS + FARES, labels), labels)

    def test_a_label_with_a_single_example(self) -> None:
        labels = ["flight"] * 4 + ["fare"] * 4 + ["meal"]
        self.assertEqual(learned(FLIGHTS + FARES + MEALS, labels), labels)

    def test_one_label_only(self) -> None:
        self.assertEqual(learned(MEALS, ["meal"]), ["meal"])

    def test_the_file_gives_what_was_learned(self) -> None:
        texts, labels = FLIGHTS + FARES, [LEVELS[place % len(LEVELS)] for place in range(8)]
        weights = feature_weights(texts)
        urgency = learn_urgency(Examples.plain(matrix(texts, weights), labels), LEVELS)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "urgency.model"
            write_model(path, urgency, weights)
            model = open_model(path)
            for text in texts:
                seen = model.vector(text)
                expected = softmax(urgency.scores(seen))
                np.testing.assert_allclose(list(model.chances(seen).values()), expected, rtol=1e-4)
            del model
