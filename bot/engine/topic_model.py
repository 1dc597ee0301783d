"""Which topic a text is about, how sure that is, and where "sure" and "not at all" begin.

Three views are averaged, since they make different mistakes: a logistic regression on sentence vectors, one on words and
letter groups, and the nearest examples of each topic. The score multiplies their probability with the closeness to known
examples, because probability alone is overconfident about what it has never seen. Measurements:
docs/decisions/003-understanding.md.
"""

from dataclasses import dataclass
from typing import List, Sequence, Tuple

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.engine.neighbours import Neighbours
from bot.engine.wording import Wording

FEW = 15  # examples: a topic with fewer is found by the nearest of them, since regressions see too little of it


@dataclass(frozen=True)
class Thresholds:
    """Scores (0 to 1) of a prediction: from ``sure`` on it is answered, below ``unknown`` it is not understood."""

    unknown: float
    sure: float


@dataclass(frozen=True)
class Prediction:
    """One text's topics, best first, as (topic, probability) pairs, and its closeness (0 to 1) to known examples."""

    ranking: List[Tuple[str, float]]
    closeness: float

    @property
    def score(self) -> float:
        """How sure the best topic is, 0 to 1."""
        return self.ranking[0][1] * self.closeness

    @property
    def topic(self) -> str:
        """The likeliest topic."""
        return self.ranking[0][0]

    def mixed_with(self, other: "Prediction", weight: float) -> "Prediction":
        """This prediction and ``other``, which counts ``weight`` (0 to 1), in one."""
        shares = dict(other.ranking)
        mixed = [(topic, (1 - weight) * share + weight * shares[topic]) for topic, share in self.ranking]
        ranking = sorted(mixed, key=lambda entry: entry[1], reverse=True)
        return Prediction(ranking, max(self.closeness, other.closeness))


class TopicModel:
    """A classifier of texts that come with their sentence vectors."""

    _few: Tuple[int, ...] = ()

    def __init__(
        self, topics: List[str], by_meaning: LogisticRegression, by_wording: Wording, by_example: Neighbours
    ) -> None:
        self.topics = topics
        self._by_meaning = by_meaning
        self._by_wording = by_wording
        self._by_example = by_example

    @classmethod
    def fit(cls, texts: Sequence[str], vectors: np.ndarray, topics: Sequence[str]) -> "TopicModel":
        """Learns from ``texts``, their sentence ``vectors`` (rows of unit length) and their ``topics``."""
        labels = np.asarray(topics)
        by_meaning = LogisticRegression(C=10, max_iter=60, tol=1e-3).fit(vectors, labels)
        model = cls(list(by_meaning.classes_), by_meaning, Wording.fit(texts, labels), Neighbours.fit(vectors, labels))
        _, counts = np.unique(labels, return_counts=True)
        model._few = tuple(int(place) for place in np.flatnonzero(counts < FEW))
        return model

    def predict(self, texts: Sequence[str], vectors: np.ndarray) -> List[Prediction]:
        """Ranks the topics of each of ``texts``, given their sentence vectors (rows of unit length)."""
        if not texts:
            return []
        by_example, closeness = self._by_example.read(vectors)
        probabilities = (self._by_meaning.predict_proba(vectors) + self._by_wording.shares(texts) + by_example) / 3
        if self._few:
            probabilities = _with_few(probabilities, self._few, self._by_example.read_few(vectors, self._few))
        predictions = []
        for row, close in zip(probabilities, closeness):
            order = np.argsort(row)[::-1]
            predictions.append(Prediction([(self.topics[index], float(row[index])) for index in order], float(close)))
        return predictions


def _with_few(probabilities: np.ndarray, few: Sequence[int], shares: np.ndarray) -> np.ndarray:
    """``probabilities`` (rows: texts, columns: topics) with at least ``shares`` for the topics ``few``, the others in proportion."""
    raised = probabilities.copy()
    raised[:, few] = np.maximum(probabilities[:, few], shares)
    others = np.setdiff1d(np.arange(probabilities.shape[1]), few)
    left = (1 - raised[:, few].sum(axis=1, keepdims=True)).clip(0)
    raised[:, others] *= left / raised[:, others].sum(axis=1, keepdims=True)
    return raised
