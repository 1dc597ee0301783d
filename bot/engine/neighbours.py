"""What the examples nearest to a text say about its topic."""

from typing import List, Sequence, Tuple

import numpy as np

DIMENSIONS = 128  # of the sentence vectors' 384, the ones that tell examples apart: a third of the memory and time
NEAREST = 5  # examples that closeness is measured to
NEAREST_OF_TOPIC = 3  # examples that stand for a topic
SHARPNESS = 12.5  # of the shares that those give, as the inverse of a temperature
SHARPNESS_OF_FEW = 30.0  # the same where one example stands for a topic that has few


class Neighbours:
    """The examples' sentence vectors, along their principal axes."""

    def __init__(self, mean: np.ndarray, axes: np.ndarray, examples: np.ndarray, by_topic: List[np.ndarray]) -> None:
        """``axes``: shape (384, DIMENSIONS); ``examples``: one row each; ``by_topic``: the rows of each topic."""
        self._mean = mean
        self._axes = axes
        self._examples = examples
        self._by_topic = by_topic

    @classmethod
    def fit(cls, vectors: np.ndarray, labels: np.ndarray) -> "Neighbours":
        """Keeps the examples' ``vectors``, shape (examples, dimensions); the topics are those of ``labels``, sorted."""
        mean = vectors.mean(axis=0)
        centred = vectors - mean
        _, axes = np.linalg.eigh(centred.T @ centred)
        principal = np.ascontiguousarray(axes[:, -DIMENSIONS:], dtype=np.float32)
        by_topic = [np.flatnonzero(labels == topic) for topic in np.unique(labels)]
        return cls(mean, principal, _unit(centred @ principal), by_topic)

    def read(self, vectors: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """Returns the share of each topic, shape (len(vectors), topics), and the closeness (0 to 1) to known examples."""
        similarity = _unit((vectors - self._mean) @ self._axes) @ self._examples.T
        nearest = _highest(similarity, NEAREST).clip(0, 1)
        near = np.stack([_highest(similarity[:, rows], NEAREST_OF_TOPIC) for rows in self._by_topic], axis=1)
        return _shares(near, SHARPNESS), nearest

    def read_few(self, vectors: np.ndarray, few: Sequence[int]) -> np.ndarray:
        """The share of each of the topics ``few`` (columns), for which its one nearest example stands."""
        similarity = _unit((vectors - self._mean) @ self._axes) @ self._examples.T
        near = np.stack(
            [
                _highest(similarity[:, rows], 1 if topic in few else NEAREST_OF_TOPIC)
                for topic, rows in enumerate(self._by_topic)
            ],
            axis=1,
        )
        return _shares(near, SHARPNESS_OF_FEW)[:, list(few)]


def _shares(near: np.ndarray, sharpness: float) -> np.ndarray:
    weights = np.exp(sharpness * (near - near.max(axis=1, keepdims=True)))
    return weights / weights.sum(axis=1, keepdims=True)


def _highest(similarity: np.ndarray, count: int) -> np.ndarray:
    """The mean of the ``count`` highest values of each row, or of all where there are fewer."""
    count = min(count, similarity.shape[1])
    return np.partition(similarity, -count, axis=1)[:, -count:].mean(axis=1)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
