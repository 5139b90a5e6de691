"""How the two linear models are learned: what kind of message, and how urgent.

Each is the mean of a support vector machine and complement naive Bayes. Both are linear in the same features, so their
mean is one linear model, which is all that is kept. What else was tried, with figures: docs/understanding.md.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from vietnamese.features import BUCKETS, blocks, bucket_of, look, vector
from vietnamese.knowledge import Knowledge
from vietnamese.restore import Restorer

SEEN_TWICE = 2
SMOOTHING = 0.3
HELD_OUT = 10
STRENGTHS = (0.5, 2.0)
URGENCY_SHARE = 0.25
"""Share of naive Bayes in the urgency."""
SHARES = (1 / 3, 1 / 6, 0.0)
"""Shares of naive Bayes that are tried: it helps where labels are even, and hurts where one is most of the examples."""
SMALL = 10_000
"""Examples below which several strengths are tried: with more it takes too long, and matters less."""
WHOLE = 1.0
"""What an example weighs that was written by hand."""
TEMPERATURES = np.geomspace(0.05, 5.0, 60)


@dataclass(frozen=True)
class Examples:
    """A row, a label and a weight for each example, and the number of the example whose copy it is, or its own."""

    rows: csr_matrix
    labels: Sequence[str]
    weights: np.ndarray
    origins: np.ndarray

    @classmethod
    def plain(cls, rows: csr_matrix, labels: Sequence[str]) -> Examples:
        """Give examples that are all written by hand."""
        return cls(rows, labels, np.full(len(labels), WHOLE), np.arange(len(labels)))


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
    places, values = array("i"), array("f")
    ends = [0]
    for text in texts:
        seen = vector(text, weight_of, restorer, look(text, known))
        places.extend(seen.keys())
        values.extend(seen.values())
        ends.append(len(places))
    shape = (len(texts), BUCKETS)
    return csr_matrix((np.array(values), np.array(places), ends), shape=shape)


def learn_urgency(examples: Examples, order: Sequence[str]) -> Learned:
    """Learn the levels in `order`; the scores are scaled so that their softmax is an honest probability."""
    return _learned(examples, order, STRENGTHS[:1], (URGENCY_SHARE,), np.float32)


def learn_topics(examples: Examples) -> Learned:
    """Learn any set of labels; how strongly, and which share of naive Bayes, is chosen on what is held out."""
    # With many examples several strengths take too long, and matter less.
    strengths = STRENGTHS if len(examples.labels) < SMALL else STRENGTHS[:1]
    return _learned(examples, sorted(set(examples.labels)), strengths, SHARES, np.float16)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Give probabilities."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    result: np.ndarray = powers / powers.sum(axis=-1, keepdims=True)
    return result


def _learned(
    examples: Examples, names: Sequence[str], strengths: Sequence[float], shares: Sequence[float], kind: type
) -> Learned:
    buckets = np.unique(examples.rows.indices)
    if len(names) < 2:
        return Learned(
            tuple(names), np.zeros(len(names)), buckets, np.zeros((len(buckets), len(names)), kind)
        )
    rows = examples.rows[:, buckets]
    numbers = np.array([names.index(label) for label in examples.labels])
    held = _held_out(examples, numbers)
    best = (-1.0, strengths[0], shares[0], 1.0)
    for strength in strengths if held.any() else ():
        # What is held out is not learned from, nor are its copies; it is tried as it was written.
        rest, tried = ~np.isin(examples.origins, examples.origins[held]), numbers[held]
        both = _fitted(rows[rest], numbers[rest], examples.weights[rest], strength)
        for share in shares:
            weights, biases = _mean(*both, share, len(names))
            scores = np.asarray(rows[held] @ weights + biases)
            right = float((scores.argmax(axis=1) == tried).mean())
            best = max(
                best, (right, strength, share, _temperature(scores, tried)), key=lambda found: found[0]
            )
    _, strength, share, scale = best
    weights, biases = _mean(*_fitted(rows, numbers, examples.weights, strength), share, len(names))
    return Learned(tuple(names), biases * scale, buckets, (weights * scale).astype(kind))


def _fitted(
    rows: csr_matrix, numbers: np.ndarray, weights: np.ndarray, strength: float
) -> tuple[LinearSVC, ComplementNB]:
    sharp = LinearSVC(C=strength, random_state=0).fit(rows, numbers, weights)
    return sharp, ComplementNB(alpha=SMOOTHING).fit(rows, numbers, weights)


def _mean(sharp: LinearSVC, broad: ComplementNB, share: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    coefficients, biases = sharp.coef_, sharp.intercept_
    if count == 2:
        coefficients, biases = np.vstack([-coefficients, coefficients]), np.concatenate([-biases, biases])
    # With several classes scikit-learn's complement naive Bayes is a plain product, without a prior.
    weights = (1 - share) * coefficients + share * broad.feature_log_prob_
    return weights.T.astype(np.float32), ((1 - share) * biases).astype(np.float32)


def _held_out(examples: Examples, numbers: np.ndarray) -> np.ndarray:
    """Mark every tenth example of each label that was written by hand; a label with fewer keeps them all."""
    held = np.zeros(len(numbers), bool)
    for number in np.unique(numbers):
        places = np.flatnonzero((numbers == number) & (examples.weights == WHOLE))
        held[places[HELD_OUT - 1 :: HELD_OUT]] = True
    return held


def _temperature(scores: np.ndarray, numbers: np.ndarray) -> float:
    def loss(scale: float) -> float:
        chances = softmax(scores * scale)[np.arange(len(numbers)), numbers]
        return float(-np.log(np.maximum(chances, 1e-9)).mean())

    return float(min(TEMPERATURES, key=loss))
