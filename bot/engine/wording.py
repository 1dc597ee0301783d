"""What the words and letter groups of a text say about its topic."""

from typing import Sequence

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

_STRENGTH = 30  # the inverse of the regularisation
_RAREST_WORDS = 2  # examples that a word or pair of words has to be in
_RAREST_LETTERS = 3


class Wording:
    """A logistic regression on words, pairs of words and letter groups, laid out for one short text at a time.

    scikit-learn's own prediction copies all weights (10 MB) for each text, and its feature union starts a job a part: together
    a fifth of a turn.
    """

    def __init__(self, vectorizers: Sequence[TfidfVectorizer], weights: Sequence[np.ndarray], bias: np.ndarray) -> None:
        """``weights``: for each of ``vectorizers`` an array of shape (features, topics); ``bias``: one value a topic."""
        self._vectorizers = vectorizers
        self._weights = weights
        self._bias = bias

    @classmethod
    def fit(cls, texts: Sequence[str], labels: np.ndarray) -> "Wording":
        """Learns from ``texts``; the topics are those of ``labels`` in alphabetical order."""
        vectorizers = (
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=_RAREST_WORDS, dtype=np.float32),
            TfidfVectorizer(
                analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=_RAREST_LETTERS, dtype=np.float32
            ),
        )
        features = [vectorizer.fit_transform(texts) for vectorizer in vectorizers]
        # saga with a loose tolerance: the same accuracy as lbfgs here in a fifteenth of its time
        regression = LogisticRegression(C=_STRENGTH, solver="saga", tol=1e-2, max_iter=100, random_state=0)
        regression.fit(hstack(features, format="csr"), labels)
        weights = np.ascontiguousarray(regression.coef_.T, dtype=np.float32)
        split = np.cumsum([part.shape[1] for part in features])[:-1]
        parts = [np.ascontiguousarray(part) for part in np.split(weights, split)]
        return cls(vectorizers, parts, regression.intercept_.astype(np.float32))

    def shares(self, texts: Sequence[str]) -> np.ndarray:
        """The probability of each topic, shape (len(texts), topics)."""
        scores = self._bias + sum(
            vectorizer.transform(texts) @ weights for vectorizer, weights in zip(self._vectorizers, self._weights)
        )
        likelihood = np.exp(scores - scores.max(axis=1, keepdims=True))
        return likelihood / likelihood.sum(axis=1, keepdims=True)
