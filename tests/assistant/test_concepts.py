"""What Rasa trained and what the gateway opens give a text the same chances; concepts take part in them."""

import tarfile
import tempfile
import unittest
from pathlib import Path

import numpy as np
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.learning import Examples, feature_weights, learn_urgency, matrix, softmax
from assistant.reader import URGENCY_FILE, MessageReader, write_model
from content.concepts import FILES, read_concepts
from vietnamese.features import look, vector
from vietnamese.knowledge import knowledge
from vietnamese.linear import open_model
from vietnamese.urgency import LEVELS, Estimate

ROOT = Path(__file__).parents[2]
TEXTS = [
    "",
    "🙂",
    "1234567890",
    "\ud800",
    "How do I boil an egg?",
    "bố đang đánh em",
    "bo dang danh em nang lam",
    "BỐ ĐAG DAH E",
    "bodanhem",
    "tía uýnh tui hoài",
    "em không muốn về nhà tối nay",
    "ông nội đánh em thua ba ván caro, cay quá =))",
    "em đang đánh răng",
    "chú ấy bảo em giữ bí mật",
    "làm sao biết con bị bắt nạt ở trường",
    "cho em gặp người thật",
    "hôm nay trời đẹp " * 100,
]


def reader_in(folder: Path) -> MessageReader:
    with tarfile.open(ROOT / "models" / "choche.tar.gz") as archive:
        for member in archive.getmembers():
            if member.isfile() and "MessageReader" in member.name:
                (folder / Path(member.name).name).write_bytes(archive.extractfile(member).read())
    reader = MessageReader(LocalModelStorage(folder), Resource("unused"))
    reader._restore(folder)
    return reader


class Concepts(unittest.TestCase):
    def test_gateway_and_assistant_give_the_same_chances(self) -> None:
        model = open_model(ROOT / "models" / URGENCY_FILE)
        with tempfile.TemporaryDirectory() as folder:
            reader = reader_in(Path(folder))
            for text in TEXTS:
                message = Message({TEXT: text})
                reader.process([message])
                estimate = Estimate(model.chances(model.vector(text)))
                told = {"name": estimate.level, "confidence": round(estimate.need, 4)}
                self.assertEqual(message.get("urgency"), told, text)
            del reader

    def test_the_trained_file_carries_concepts_that_count(self) -> None:
        model = open_model(ROOT / "models" / URGENCY_FILE)
        self.assertIn("parent", model.knowledge.lexicon.groups["who"])
        text = "bố đang đánh em"
        with_them = model.vector(text)
        without = vector(text, lambda bucket: model.table[bucket * (len(LEVELS) + 1)], model.restorer)
        self.assertLess(without.keys(), with_them.keys())
        self.assertNotEqual(model.chances(without), model.chances(with_them))

    def test_what_was_learned_with_concepts_is_given_back_by_the_file(self) -> None:
        texts = [text for text in TEXTS if text.strip().isascii() is False]
        labels = [LEVELS[place % len(LEVELS)] for place in range(len(texts))]
        concepts = read_concepts()
        known = knowledge(concepts)
        weights = feature_weights(texts, None, known)
        urgency = learn_urgency(Examples.plain(matrix(texts, weights, None, known), labels), LEVELS)
        with tempfile.TemporaryDirectory() as folder:
            write_model(Path(folder) / URGENCY_FILE, urgency, weights, concepts)
            model = open_model(Path(folder) / URGENCY_FILE)
            for text in texts:
                expected = softmax(urgency.scores(vector(text, weights.__getitem__, None, look(text, known))))
                seen = list(model.chances(model.vector(text)).values())
                np.testing.assert_allclose(seen, expected, atol=1e-5)
            del model

    def test_examples_without_urgency_are_learned_without_concepts(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            examples = [
                Message.build(text, intent)
                for text, intent in [
                    ("bố đánh em", "a"),
                    ("mẹ đánh em", "a"),
                    ("trời đẹp", "b"),
                    ("trời mưa", "b"),
                ]
            ]
            storage, resource = LocalModelStorage(Path(folder)), Resource("reader")
            reader = MessageReader(storage, resource)
            reader.train(TrainingData(examples))
            with storage.read_from(resource) as kept:
                self.assertFalse((kept / URGENCY_FILE).exists())
            message = Message({TEXT: "bố đánh em"})
            reader.process([message])
            self.assertEqual(message.get("intent")["name"], "a")
            self.assertIsNone(message.get("urgency"))

    def test_an_edited_lexicon_asks_for_a_new_training(self) -> None:
        before = MessageReader.fingerprint_addon({})
        for edited in (None, *FILES):
            with tempfile.TemporaryDirectory() as folder:
                for name in FILES:
                    text = (ROOT / "content" / name).read_text("utf-8")
                    (Path(folder) / name).write_text(text + "# x\n" * (name == edited), "utf-8")
                after = MessageReader.fingerprint_addon({}, Path(folder))
            self.assertEqual(after == before, edited is None)


if __name__ == "__main__":
    unittest.main()
