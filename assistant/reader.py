"""Reads a message: which topic, how sure, how urgent. One Rasa component, no TensorFlow.

Questions and answers are Rasa's retrieval intents (`faq/…`). This component takes the ResponseSelector's place and
gives the structure that Rasa expects of it. The first example of a topic is its canonical question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
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

from assistant.learning import (
    Examples,
    Learned,
    feature_weights,
    learn_topics,
    learn_urgency,
    matrix,
    softmax,
)
from assistant.scenarios import FOLDER, SEED, load
from assistant.spelling import count_words, write_words
from assistant.widening import Lesson, widened, written
from content.checking import CONTENT, PLACES
from content.concepts import FILES, read_concepts
from content.places import Mention, Places, read_places
from content.yaml_file import ContentFileError
from vietnamese.entities import Entity, Names, ages, relations
from vietnamese.features import BUCKETS, Vector, look, vector
from vietnamese.knowledge import Knowledge, knowledge
from vietnamese.linear import UNKNOWING, LinearModel, header_of, open_model
from vietnamese.questions import questions
from vietnamese.restore import WORDS_FILE, Restorer, restorer, words_beside
from vietnamese.speaker import tells_of_a_friend
from vietnamese.urgency import LEVELS, Estimate

FAQ = "faq"
RANKING = 5
SURE = 0.6
"""Confidence from which each of two questions in one message gets its own answer."""
ANSWERED_TWICE = (f"{FAQ}/", "hotlines", "follow_")
ALONE = 0.8
"""Confidence from which somebody only introduces themselves."""
CLEAR = 0.25
"""Share of what else is said from which somebody who introduces themselves is answered on that."""
INTRODUCTIONS = ("tell_child", "tell_adult")
WORRIED = ("concern", "urgent", "emergency")
FRIEND = f"{FAQ}/help_friend"
HARMS = (
    "physical",
    "sexual",
    "emotional",
    "neglect",
    "bullying",
    "online",
    "self_harm",
    "labour_trafficking",
    "child_marriage",
    "missing_runaway",
    "domestic_violence",
)
"""Topics whose answers speak to the harmed, and which a friend must not get."""
URGENCY_FILE = "urgency.model"
TOPICS_FILE = "topics.npz"
ROOT = Path(__file__).parent.parent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class MessageReader(IntentClassifier, GraphComponent):
    """Sets intent, ranking, the answer's key, the urgency, and the places, ages and relations named.

    A message that asks two things gets a second label, `also`. A friend's story keeps its topic and is answered as to
    a friend.

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
        """What Rasa's cache cannot see: text handling, scenarios, concepts, and how the models are learned."""
        files = [
            *sorted(ROOT.glob("vietnamese/*.py")),
            *sorted(ROOT.glob("assistant/*.py")),
            *sorted(FOLDER.glob("*.yml")),
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
        lessons = written(texts, labels, [_urgency(example) for example in examples])
        with_level = [lesson for lesson in lessons if lesson.level in LEVELS]
        # Concepts and scenarios are about urgency: any other set of examples is learned from as it is.
        urgent = {lesson.level for lesson in with_level} == set(LEVELS)
        concepts = read_concepts() if urgent else None
        knows = knowledge(concepts) if concepts else None
        weights = feature_weights(texts, words, knows)
        topics = learn_topics(Examples.plain(matrix(texts, weights, words, knows), labels))
        urgency = None
        if urgent:
            urgency = _learn_urgency(widened(with_level, load(), SEED), weights, words, knows)
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
        worried = False
        if self._urgency is not None:
            estimate = Estimate(self._urgency.chances(seen))
            worried = estimate.level in WORRIED
            read = {"name": estimate.level, "confidence": round(estimate.need, 4)}
            message.set("urgency", read, add_to_output=True)
        ranking = self._ranking(seen)
        if ranking[0][0] in INTRODUCTIONS and ranking[0][1] < ALONE:
            ranking = _beside_the_introduction(ranking)
        if pair := self._two_questions(text):
            ranking, also = pair
            message.set("also", also, add_to_output=True)
        self._set_intent(message, ranking)
        answers = [(label, value) for label, value in ranking if label.startswith(f"{FAQ}/")]
        if answers:
            of_friend = _is_of_harm(answers[0][0], worried) and tells_of_a_friend(text)
            message.set("response_selector", self._selector(answers, of_friend), add_to_output=True)
        named = [_place(mention) for mention in self._places.find(text)]
        found = [*ages(text), *named, *(self._relations.find(text) if self._relations else ())]
        message.set(ENTITIES, [_entity(entity) for entity in found], add_to_output=True)

    def _set_intent(self, message: Message, ranking: list[tuple[str, float]]) -> None:
        intents: dict[str, float] = {}
        for label, confidence in ranking:
            intents.setdefault(label.split("/")[0], confidence)
        named = [{"name": name, "confidence": value} for name, value in intents.items()]
        message.set(INTENT, named[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, named[:RANKING], add_to_output=True)

    def _ranking(self, seen: Vector) -> list[tuple[str, float]]:
        assert self._topics is not None
        chances = softmax(self._topics.scores(seen))
        return [(self._topics.labels[place], float(chances[place])) for place in np.argsort(-chances)]

    def _two_questions(self, text: str) -> tuple[list[tuple[str, float]], str] | None:
        """Give the ranking of the first question and the label of the second, where a message asks two things."""
        rankings = [
            self._ranking(vector(part, self._weights, self._restorer, look(part, self._knowledge)))
            for part in questions(text)
        ]
        sure = [ranking for ranking in rankings if _answerable(*ranking[0])]
        others = [ranking for ranking in sure[1:] if ranking[0][0] != sure[0][0][0]]
        # A follow-up has a meaning only after something: it cannot come first.
        if not others or sure[0][0][0].startswith("follow_"):
            return None
        return sure[0], others[0][0][0]

    def _selector(self, answers: list[tuple[str, float]], of_friend: bool) -> dict[str, Any]:
        best, confidence = answers[0]
        ranking = [
            {"intent_response_key": label, "confidence": value, "question": self._questions[label]}
            for label, value in answers[:RANKING]
        ]
        response = {
            "responses": [],
            "confidence": confidence,
            "intent_response_key": best,
            "utter_action": f"utter_{FRIEND if of_friend else best}",
        }
        return {
            "all_retrieval_intents": [FAQ],
            FAQ: {"response": response, "ranking": ranking},
        }


def _place(mention: Mention) -> Entity:
    return Entity("place", " / ".join(mention.areas), mention.start, mention.end)


def _answerable(label: str, confidence: float) -> bool:
    return confidence >= SURE and label.startswith(ANSWERED_TWICE)


def _is_of_harm(label: str, worried: bool) -> bool:
    topic, _, aspect = label.removeprefix(f"{FAQ}/").rpartition("_")
    return topic in HARMS and (worried or aspect == "help")


def _beside_the_introduction(ranking: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Give the ranking of what else is said by someone who says who they are, where it is clear."""
    rest = [(label, value) for label, value in ranking if label not in INTRODUCTIONS]
    left = sum(value for _, value in rest) or 1.0
    return [(label, value / left) for label, value in rest] if rest[0][1] / left >= CLEAR else ranking


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


def _learn_urgency(
    lessons: Sequence[Lesson], weights: np.ndarray, words: Restorer, knows: Knowledge | None
) -> Learned:
    given = Examples(
        matrix([lesson.text for lesson in lessons], weights, words, knows),
        [str(lesson.level) for lesson in lessons],
        np.array([lesson.weight for lesson in lessons]),
        np.array([lesson.origin for lesson in lessons]),
    )
    return learn_urgency(given, LEVELS)


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
