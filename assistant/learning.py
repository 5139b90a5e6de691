"""How the two linear models are learned: what kind of message, and how urgent.

Each is the mean of a discriminative model and complement naive Bayes. Both are linear in the same features, so their
mean is one linear model, which is all that is kept. What else was tried, with figures: docs/understanding.md.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from vietnamese.features import BUCKETS, blocks, bucket_of, look, vector
from vietnamese.knowledge import Knowledge
from vietnamese.restore import Restorer

SEEN_TWICE = 2
SMOOTHING = 0.3
HELD_OUT = 10
STRENGTHS = (0.5, 2.0)
SHARES = (1 / 3, 1 / 6, 0.0)
"""Shares of naive Bayes that are tried: it helps where labels are even, and hurts where one is most of the examples."""
SMALL = 10_000
"""Examples below which several strengths are tried: with more it takes too long, and matters less."""
TEMPERATURES = np.geomspace(0.05, 5.0, 60)


@dataclass(frozen=True)
class Learned:
    """Labels, a bias for each, and a row of weights for each bucket in `buckets`."""

    labels: tuple[str, ...]
    biases: np.ndarray
    buckets: np.ndarray
    weights: np.ndarray

    def scores(self, seen: dict[int, float]) -> np.ndarray:
        """Give the score of each label for a text's vector."""
        found = np.fromiter(seen.keys(), np.int64, len(seen))
        values = np.fromiter(seen.values(), np.float32, len(seen))
        places = np.minimum(np.searchsorted(self.buckets, found), max(len(self.buckets) - 1, 0))
        known = self.buckets[places] == found if len(self.buckets) else np.zeros(len(found), bool)
        result: np.ndarray = self.biases + values[known] @ self.weights[places[known]].astype(np.float32)
        return result


def feature_weights(
    texts: Sequence[str], restorer: Restorer | None = None, known: Knowledge | None = None
) -> np.ndarray:
    """Give each bucket's weight: the rarer, the more it says (smoothed inverse document frequency); 0 if seen once."""
    counts = np.zeros(BUCKETS, np.int32)
    for text in texts:
        seen = blocks(text, restorer, look(text, known))
        counts[list({bucket_of(feature) for block in seen for feature in block})] += 1
    # A handful of texts has no feature twice; a model of it must still see something.
    least = SEEN_TWICE if len(texts) >= 100 else 1
    weights = np.log((1 + len(texts)) / (1 + counts)) + 1
    return np.where(counts >= least, weights, 0).astype(np.float32)


def matrix(
    texts: Sequence[str],
    weights: np.ndarray,
    restorer: Restorer | None = None,
    known: Knowledge | None = None,
) -> csr_matrix:
    """Give one row per text."""
    weight_of = weights.tolist().__getitem__
    places: list[int] = []
    values: list[float] = []
    ends = [0]
    for text in texts:
        seen = vector(text, weight_of, restorer, look(text, known))
        places += seen.keys()
        values += seen.values()
        ends.append(len(places))
    shape = (len(texts), BUCKETS)
    return csr_matrix((np.array(values, np.float32), np.array(places, np.int32), ends), shape=shape)


def learn_urgency(rows: csr_matrix, labels: Sequence[str], order: Sequence[str]) -> Learned:
    """Learn the levels in `order`; probabilities are the softmax of the scores."""
    buckets, rows = _used(rows)
    numbers = np.array([order.index(label) for label in labels])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        sharp = LogisticRegression(C=4.0, max_iter=120, tol=1e-3).fit(rows, numbers)
    broad = ComplementNB(alpha=SMOOTHING).fit(rows, numbers)
    weights, biases = _mean(sharp, broad, 0.5, len(order))
    return Learned(tuple(order), biases, buckets, weights.astype(np.float32))


def learn_topics(rows: csr_matrix, labels: Sequence[str]) -> Learned:
    """Learn any set of labels; the scores are scaled so that their softmax is an honest probability."""
    names = sorted(set(labels))
    numbers = np.array([names.index(label) for label in labels])
    buckets, rows = _used(rows)
    if len(names) < 2:
        return Learned(
            tuple(names), np.zeros(len(names)), buckets, np.zeros((len(buckets), len(names)), np.float16)
        )
    held = _held_out(numbers)
    strength, share, scale = STRENGTHS[0], SHARES[0], 1.0
    if held.any():
        strength, share, scale = _tuned(rows, numbers, held, len(names))
    weights, biases = _mean(*_topics(rows, numbers, strength), share, len(names))
    return Learned(tuple(names), biases * scale, buckets, (weights * scale).astype(np.float16))


def softmax(scores: np.ndarray) -> np.ndarray:
    """Give probabilities."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    result: np.ndarray = powers / powers.sum(axis=-1, keepdims=True)
    return result


def _topics(rows: csr_matrix, numbers: np.ndarray, strength: float) -> tuple[LinearSVC, ComplementNB]:
    return LinearSVC(C=strength).fit(rows, numbers), ComplementNB(alpha=SMOOTHING).fit(rows, numbers)


def _tuned(rows: csr_matrix, numbers: np.ndarray, held: np.ndarray, count: int) -> tuple[float, float, float]:
    """Give the strength, the share of naive Bayes and the scale that do best on what was held out."""
    best: tuple[float, float, float, float] = (-1.0, 0.0, 0.0, 1.0)
    for strength in STRENGTHS if len(numbers) < SMALL else STRENGTHS[:1]:
        both = _topics(rows[~held], numbers[~held], strength)
        for share in SHARES:
            weights, biases = _mean(*both, share, count)
            scores = np.asarray(rows[held] @ weights + biases)
            right = float((scores.argmax(axis=1) == numbers[held]).mean())
            if right > best[0]:
                best = (right, strength, share, _temperature(scores, numbers[held]))
    return best[1:]


def _mean(sharp: Any, broad: ComplementNB, share: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    coefficients, biases = sharp.coef_, sharp.intercept_
    if count == 2:
        coefficients, biases = np.vstack([-coefficients, coefficients]), np.concatenate([-biases, biases])
    # With several classes scikit-learn's complement naive Bayes is a plain product, without a prior.
    weights = (1 - share) * coefficients + share * broad.feature_log_prob_
    return weights.T.astype(np.float32), ((1 - share) * biases).astype(np.float32)


def _held_out(numbers: np.ndarray) -> np.ndarray:
    """Mark every tenth example of each label; a label with fewer keeps them all."""
    ranks = np.zeros(len(numbers), int)
    for number in np.unique(numbers):
        places = np.flatnonzero(numbers == number)
        ranks[places] = np.arange(1, len(places) + 1)
    marked: np.ndarray = ranks % HELD_OUT == 0
    return marked


def _temperature(scores: np.ndarray, numbers: np.ndarray) -> float:
    def loss(scale: float) -> float:
        chances = softmax(scores * scale)[np.arange(len(numbers)), numbers]
        return float(-np.log(np.maximum(chances, 1e-9)).mean())

    return float(min(TEMPERATURES, key=loss))


def _used(rows: csr_matrix) -> tuple[np.ndarray, csr_matrix]:
    buckets = np.unique(rows.indices)
    return buckets, rows[:, buckets]
