"""Which topic a text is about, how sure that is, and where "sure" and "not at all" begin.

Three views are averaged, since they make different mistakes: a logistic regression on sentence vectors, one on words and
letter groups, and the nearest examples of each topic. The score multiplies their probability with the closeness to known
examples, because probability alone is overconfident about what it has never seen. Both thresholds come from scores of
held-out parts of the training data, so they move with the data at every training. Measurements:
docs/decisions/003-understanding.md.
"""

from dataclasses import dataclass
from typing import List, Sequence, Tuple

import numpy as np
from scipy.sparse import spmatrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import FeatureUnion, make_union

NEIGHBOURS = 5  # examples that closeness is measured to
NEAREST_OF_TOPIC = 3  # examples that stand for a topic
SHARPNESS = 12.5  # of the shares that those give, as the inverse of a temperature
FOLDS = 3


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

    def without(self, topic: str) -> "Prediction":
        """The same prediction where ``topic`` is ruled out, the others' probabilities raised in proportion."""
        rest = [(name, share) for name, share in self.ranking if name != topic]
        total = sum(share for _, share in rest)
        return Prediction([(name, share / total) for name, share in rest], self.closeness)


class TopicModel:
    """A classifier of texts that come with their sentence vectors."""

    def __init__(
        self,
        topics: List[str],
        by_meaning: LogisticRegression,
        by_wording: LogisticRegression,
        wording: FeatureUnion,
        examples: np.ndarray,
        labels: np.ndarray,
        thresholds: Thresholds,
    ) -> None:
        self.topics = topics
        self.thresholds = thresholds
        self._by_meaning = by_meaning
        self._by_wording = by_wording
        self._wording = wording
        self._examples = examples
        self._by_topic = [np.flatnonzero(labels == topic) for topic in topics]

    @classmethod
    def train(
        cls,
        texts: Sequence[str],
        vectors: np.ndarray,
        topics: Sequence[str],
        unknown_percentile: float,
        sure_percentile: float,
        ungated: Sequence[str] = (),
    ) -> "TopicModel":
        """Fits the model and calibrates its thresholds.

        Args:
            texts: the examples.
            vectors: their sentence vectors, shape (len(texts), dimensions), unit length.
            topics: their topics; each needs at least ``FOLDS`` examples.
            unknown_percentile: share (0 to 100) of held-out examples that may fall below ``Thresholds.unknown``.
            sure_percentile: the same for ``Thresholds.sure``.
            ungated: topics whose examples say nothing about where understanding ends (out of scope).
        """
        labels = np.asarray(topics)
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
        scores = np.zeros(len(texts))
        for fit, held_out in folds.split(vectors, labels):
            part = cls._fit([texts[index] for index in fit], vectors[fit], labels[fit])
            predictions = part.predict([texts[index] for index in held_out], vectors[held_out])
            scores[held_out] = [prediction.score for prediction in predictions]
        gated = scores[~np.isin(labels, list(ungated))]
        model = cls._fit(texts, vectors, labels)
        unknown, sure = np.percentile(gated, [unknown_percentile, sure_percentile])
        model.thresholds = Thresholds(unknown=float(unknown), sure=float(sure))
        return model

    @classmethod
    def _fit(cls, texts: Sequence[str], vectors: np.ndarray, labels: np.ndarray) -> "TopicModel":
        wording = make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2),
        )
        by_meaning = LogisticRegression(C=10, max_iter=300).fit(vectors, labels)
        # saga with a loose tolerance: the same accuracy as lbfgs here in a fifteenth of its time
        by_wording = LogisticRegression(C=30, solver="saga", tol=1e-2, max_iter=100, random_state=0)
        by_wording.fit(wording.fit_transform(texts), labels)
        by_wording.coef_ = by_wording.coef_.astype(np.float32)  # as exact as its fit, at half the memory
        return cls(list(by_meaning.classes_), by_meaning, by_wording, wording, vectors, labels, Thresholds(0.0, 0.0))

    def predict(self, texts: Sequence[str], vectors: np.ndarray) -> List[Prediction]:
        """Ranks the topics of each of ``texts``, given their sentence vectors (rows of unit length)."""
        similarity = vectors @ self._examples.T
        views = (self._by_meaning.predict_proba(vectors), self._wording_shares(texts), self._example_shares(similarity))
        probabilities = sum(views) / len(views)
        nearest = np.partition(similarity, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:].mean(axis=1).clip(0, 1)
        predictions = []
        for row, closeness in zip(probabilities, nearest):
            order = np.argsort(row)[::-1]
            ranking = [(self.topics[index], float(row[index])) for index in order]
            predictions.append(Prediction(ranking, float(closeness)))
        return predictions

    def _wording_shares(self, texts: Sequence[str]) -> np.ndarray:
        features: spmatrix = self._wording.transform(texts)
        return self._by_wording.predict_proba(features)

    def _example_shares(self, similarity: np.ndarray) -> np.ndarray:
        """Shares (len(texts), len(topics)) by how close each topic's nearest examples are."""
        near = np.stack(
            [
                np.partition(similarity[:, members], -NEAREST_OF_TOPIC, axis=1)[:, -NEAREST_OF_TOPIC:].mean(axis=1)
                for members in self._by_topic
            ],
            axis=1,
        )
        weights = np.exp(SHARPNESS * (near - near.max(axis=1, keepdims=True)))
        return weights / weights.sum(axis=1, keepdims=True)
