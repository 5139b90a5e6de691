"""Reads a message: which topic, how sure, how urgent. One Rasa component on word and letter n-grams, no TensorFlow.

Questions and answers are Rasa's retrieval intents (`faq/…`). This component takes the ResponseSelector's place and
gives the structure that Rasa expects of it. The first example of a topic is its canonical question.
"""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline

from vietnamese.teencode import expand
from vietnamese.text import fold, views, words

FAQ = "faq"
RANKING = 5
LONGEST = 2_000
SURE = 0.5
"""How sure the reading must be before it calls a message urgent by itself."""
ROOT = Path(__file__).parent.parent


def normalise(text: str) -> str:
    """Give the words of a text, short forms spelt out, without diacritics: one spelling for every keyboard."""
    return fold(" ".join(expand(words(views(text[:LONGEST]).unified))))


def model(strength: float) -> Pipeline:
    """Give an untrained classifier on word pairs and letter groups."""
    features = FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\w+")),  # noqa: S106
            ("letters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)),
        ]
    )
    classifier = LogisticRegression(C=strength, class_weight="balanced", max_iter=300)
    return Pipeline([("features", features), ("classifier", classifier)])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class MessageReader(IntentClassifier, GraphComponent):
    """Sets intent, ranking, the answer's key and the urgency of a message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`urgency_examples`: the folder of tab-separated files (urgency, topic, text)."""
        return {"urgency_examples": "data/urgency", "topic_strength": 20.0, "urgency_strength": 4.0}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._storage = storage
        self._resource = resource
        self._topics: Pipeline | None = None
        self._urgency: Pipeline | None = None
        self._questions: dict[str, str] = {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageReader:
        """Give an untrained reader."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> MessageReader:
        """Give the reader that was trained."""
        reader = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            reader._topics, reader._urgency, reader._questions = joblib.load(folder / "reader.joblib")
        return reader

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """What Rasa's cache cannot see: the shared text handling and the urgency examples."""
        files = [*ROOT.glob("vietnamese/*.py"), *(ROOT / "data" / "urgency").glob("*.tsv")]
        return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the examples of topics and on those of urgency."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        labels = [_label(example) for example in examples]
        for label, example in zip(labels, examples, strict=True):
            self._questions.setdefault(label, example.get(TEXT).strip())
        self._topics = model(self._config["topic_strength"])
        self._topics.fit([normalise(example.get(TEXT)) for example in examples], labels)
        rows = list(urgency_examples(ROOT / self._config["urgency_examples"]))
        self._urgency = model(self._config["urgency_strength"])
        self._urgency.fit([normalise(text) for _, _, text in rows], [urgency for urgency, _, _ in rows])
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Read messages."""
        for message in messages:
            self._read(message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add to training data."""
        return training_data

    def _read(self, message: Message) -> None:
        text = normalise(message.get(TEXT) or "")
        ranking = _ranked(self._topics, text)
        intents: dict[str, float] = {}
        for label, confidence in ranking:
            intents.setdefault(label.split("/")[0], confidence)
        named = [{"name": name, "confidence": value} for name, value in intents.items()]
        message.set(INTENT, named[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, named[:RANKING], add_to_output=True)
        answers = [(label, value) for label, value in ranking if label.startswith(f"{FAQ}/")]
        message.set("response_selector", self._selector(answers), add_to_output=True)
        message.set("urgency", self._urgency_of(text), add_to_output=True)

    def _selector(self, answers: list[tuple[str, float]]) -> dict[str, Any]:
        best, confidence = answers[0]
        ranking = [
            {"intent_response_key": label, "confidence": value, "question": self._questions[label]}
            for label, value in answers[:RANKING]
        ]
        response = {
            "responses": [],
            "confidence": confidence,
            "intent_response_key": best,
            "utter_action": f"utter_{best}",
        }
        return {
            "all_retrieval_intents": [FAQ],
            FAQ: {"response": response, "ranking": ranking},
        }

    def _urgency_of(self, text: str) -> dict[str, Any]:
        name, confidence = _ranked(self._urgency, text)[0]
        if name in ("urgent", "emergency") and confidence < SURE:
            name = "concern"
        return {"name": name, "confidence": confidence}

    def _persist(self) -> None:
        with self._storage.write_to(self._resource) as folder:
            joblib.dump((self._topics, self._urgency, self._questions), folder / "reader.joblib", compress=3)


def urgency_examples(folder: Path) -> list[tuple[str, str, str]]:
    """Give (urgency, topic, text) of every example."""
    rows = []
    for file in sorted(folder.glob("*.tsv")):
        with file.open(encoding="utf-8", newline="") as lines:
            rows += [tuple(row) for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
    return rows


def _label(example: Message) -> str:
    return str(example.get("intent_response_key") or example.get(INTENT))


def _ranked(trained: Pipeline | None, text: str) -> list[tuple[str, float]]:
    assert trained is not None
    chances = trained.predict_proba([text])[0]
    return [(str(trained.classes_[place]), float(chances[place])) for place in np.argsort(-chances)]
