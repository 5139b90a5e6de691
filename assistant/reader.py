"""Reads a message: which topic, how sure, how urgent. One Rasa component, no TensorFlow.

Questions and answers are Rasa's retrieval intents (`faq/…`). This component takes the ResponseSelector's place and
gives the structure that Rasa expects of it. The first example of a topic is its canonical question.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.learning import Learned, feature_weights, learn_topics, learn_urgency, matrix, softmax
from assistant.spelling import count_words, write_words
from content.checking import CONTENT, PLACES
from content.concepts import FILES, read_concepts
from content.places import Mention, Places, read_places
from content.yaml_file import ContentFileError
from vietnamese.entities import Entity, Names, ages, relations
from vietnamese.features import BUCKETS, Vector, look, vector
from vietnamese.knowledge import Knowledge, knowledge
from vietnamese.linear import UNKNOWING, LinearModel, header_of, open_model
from vietnamese.restore import WORDS_FILE, Restorer, restorer, words_beside
from vietnamese.urgency import LEVELS, Estimate

FAQ = "faq"
RANKING = 5
URGENCY_FILE = "urgency.model"
TOPICS_FILE = "topics.npz"
ROOT = Path(__file__).parent.parent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class MessageReader(IntentClassifier, GraphComponent):
    """Sets intent, ranking, the answer's key, the urgency, and the places, ages and relations that a message names.

    Urgency is learned from `metadata: {urgency: …}` on the blocks of examples; where a set of examples has none, it is
    not set, and everything else works as for any Rasa data.
    """

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self._storage = storage
        self._resource = resource
        self._weights: Any = None
        self._restorer: Restorer | None = None
        self._knowledge: Knowledge | None = None
        self._topics: Learned | None = None
        self._urgency: LinearModel | None = None
        self._questions: dict[str, str] = {}
        self._places = Places(())
        self._relations: Names | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageReader:
        """Give an untrained reader."""
        return cls(model_storage, resource)

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
        reader = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            reader._restore(folder)
        return reader

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any], content: Path = CONTENT) -> str | None:
        """What Rasa's cache cannot see: the shared text handling, how the models are learned, and the concepts."""
        files = [
            *sorted(ROOT.glob("vietnamese/*.py")),
            *sorted(ROOT.glob("assistant/*ing.py")),
            *(content / name for name in FILES),
        ]
        return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn topics and, where the examples carry it, urgency."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [example.get(TEXT) for example in examples]
        labels = [_label(example) for example in examples]
        for label, text in zip(labels, texts, strict=True):
            self._questions.setdefault(label, text.strip())
        counts, pairs = count_words([*texts, *_answers(training_data)])
        words = restorer(counts, pairs)
        levels = [_urgency(example) for example in examples]
        known = [place for place, level in enumerate(levels) if level in LEVELS]
        urgent = {levels[place] for place in known} == set(LEVELS)
        # The concepts are about urgency: any other set of examples is learned without them.
        concepts = read_concepts() if urgent else None
        knows = knowledge(concepts) if concepts else None
        weights = feature_weights(texts, words, knows)
        rows = matrix(texts, weights, words, knows)
        topics = learn_topics(rows, labels)
        urgency = None
        if urgent:
            urgency = learn_urgency(rows[known], [str(levels[place]) for place in known], LEVELS)
        with self._storage.write_to(self._resource) as folder:
            write_words(folder / WORDS_FILE, counts, pairs)
            self._keep(folder, weights, topics)
            if urgency is not None and concepts is not None:
                write_model(folder / URGENCY_FILE, urgency, weights, concepts)
            self._restore(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Read messages."""
        for message in messages:
            self._read(message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing to add to training data."""
        return training_data

    def _keep(self, folder: Path, weights: np.ndarray, topics: Learned) -> None:
        used = np.flatnonzero(weights)
        np.savez(
            folder / TOPICS_FILE,
            labels=np.array(topics.labels),
            questions=np.array([self._questions[label] for label in topics.labels]),
            biases=topics.biases,
            buckets=topics.buckets,
            weights=topics.weights,
            used=used,
            feature_weights=weights[used],
        )

    def _restore(self, folder: Path) -> None:
        with np.load(folder / TOPICS_FILE) as kept:
            self._topics = Learned(
                tuple(map(str, kept["labels"])), kept["biases"], kept["buckets"], kept["weights"]
            )
            self._questions = dict(zip(self._topics.labels, map(str, kept["questions"]), strict=True))
            weights = np.zeros(BUCKETS, np.float32)
            weights[kept["used"]] = kept["feature_weights"]
        # A view of plain floats: numpy's own scalars are slow one by one.
        self._weights = memoryview(weights).__getitem__
        self._restorer = words_beside(folder / TOPICS_FILE)
        self._relations = relations()
        # Content, not training: a wrong file must not keep the assistant from starting.
        with suppress(ContentFileError, OSError):
            self._places = read_places((CONTENT / PLACES).read_text("utf-8"))
        if (folder / URGENCY_FILE).exists():
            self._urgency = open_model(folder / URGENCY_FILE)
            self._knowledge = self._urgency.knowledge

    def _read(self, message: Message) -> None:
        text = message.get(TEXT) or ""
        seen = vector(text, self._weights, self._restorer, look(text, self._knowledge))
        ranking = self._ranking(seen)
        intents: dict[str, float] = {}
        for label, confidence in ranking:
            intents.setdefault(label.split("/")[0], confidence)
        ranked = [{"name": name, "confidence": value} for name, value in intents.items()]
        message.set(INTENT, ranked[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranked[:RANKING], add_to_output=True)
        answers = [(label, value) for label, value in ranking if label.startswith(f"{FAQ}/")]
        if answers:
            message.set("response_selector", self._selector(answers), add_to_output=True)
        named = [_place(mention) for mention in self._places.find(text)]
        found = [*ages(text), *named, *(self._relations.find(text) if self._relations else ())]
        message.set(ENTITIES, [_entity(entity) for entity in found], add_to_output=True)
        if self._urgency is not None:
            estimate = Estimate(self._urgency.chances(seen))
            read = {"name": estimate.level, "confidence": round(estimate.need, 4)}
            message.set("urgency", read, add_to_output=True)

    def _ranking(self, seen: Vector) -> list[tuple[str, float]]:
        assert self._topics is not None
        chances = softmax(self._topics.scores(seen))
        return [(self._topics.labels[place], float(chances[place])) for place in np.argsort(-chances)]

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


def _place(mention: Mention) -> Entity:
    return Entity("place", " / ".join(mention.areas), mention.start, mention.end)


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "entity": entity.kind,
        "value": entity.value,
        "start": entity.start,
        "end": entity.end,
        "extractor": "MessageReader",
    }


def write_model(path: Path, learned: Learned, weights: np.ndarray, concepts: str = UNKNOWING) -> None:
    """Write a model, and the concepts it was trained with, as `vietnamese.linear` opens it."""
    table = np.zeros((BUCKETS, len(learned.labels) + 1), np.float32)
    table[:, 0] = weights
    table[learned.buckets, 1:] = learned.weights
    with path.open("wb") as file:
        file.write(header_of(learned.labels, [float(bias) for bias in learned.biases], concepts))
        file.write(table.tobytes())


def _label(example: Message) -> str:
    return str(example.get("intent_response_key") or example.get(INTENT))


def _answers(training_data: TrainingData) -> list[str]:
    return [
        answer["text"]
        for answers in training_data.responses.values()
        for answer in answers
        if "text" in answer
    ]


def _urgency(example: Message) -> str | None:
    kept = (example.get("metadata") or {}).get("intent") or {}
    return kept.get("urgency") if isinstance(kept, dict) else None
