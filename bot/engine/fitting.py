"""Fits the topic model, its thresholds and the judge of divisions to the examples.

Thresholds and judge learn from how the model does on examples that it has not seen: it is fitted ``FOLDS`` times without a part
of them, and once with all.
"""

from dataclasses import dataclass
from typing import Dict, FrozenSet, Iterable, Iterator, List, Mapping, Sequence, Tuple

import numpy as np

from bot.engine.clauses import pieces, runs
from bot.engine.division import ASKS_NOTHING, OUT_OF_SCOPE, DivisionJudge, Signs, candidates
from bot.engine.encoder import SentenceEncoder
from bot.engine.held_out import is_held_out
from bot.engine.reading import Clauses
from bot.engine.topic_model import Thresholds, TopicModel

FOLDS = 3
# Examples of several clauses that ask one thing are many more than among what people type: the judge learns from one in
# ``_ONE_IN`` of them, and a message that asks several things counts ``_SEVERAL_WEIGHT`` times as much as one of those.
_ONE_IN = 3
_SEVERAL_WEIGHT = 1.5


_Verdict = Tuple[Signs, bool, float]
"""A candidate's signs, whether it is asked, and how much that counts."""


@dataclass(frozen=True)
class Example:
    """A text, the topics that it asks, and what it teaches about topics: itself, or its clauses, as (text, topic)."""

    text: str
    topics: FrozenSet[str]
    lessons: Tuple[Tuple[str, str], ...]


@dataclass(frozen=True)
class Fitted:
    """What reading needs."""

    model: TopicModel
    judge: DivisionJudge
    thresholds: Thresholds


def fit(
    examples: Sequence[Example],
    encoder: SentenceEncoder,
    subjects: Mapping[str, str],
    unknown_percentile: float,
    sure_percentile: float,
) -> Fitted:
    """Fits everything to ``examples``; each topic needs ``FOLDS`` of them, and some have to ask several things.

    ``subjects``: see ``Clauses``. The percentiles (0 to 100) are the shares of unseen examples that may fall below
    ``Thresholds.unknown`` and ``Thresholds.sure``; of those only that count which the encoder was not tuned to either.

    Raises:
        ValueError: if no example asks several things.
    """
    encoder = _Remembering(encoder)
    taught = [example for number, example in enumerate(examples) if _asks_several(example) or number % _ONE_IN == 0]
    divided = dict.fromkeys(example for example in taught if len(pieces(example.text)) > 1)
    if not any(_asks_several(example) for example in divided):
        raise ValueError("There is no example that asks several things (intent several in data/nlu): add some.")
    encoder.encode([words for example in divided for words in runs(example.text).values()])  # all at once is quicker
    scores: List[float] = []
    verdicts: List[_Verdict] = []
    for known, unseen in _folds(examples):
        model = _fit_topics(known, encoder)
        scores += _scores(model, encoder, unseen)
        verdicts += _verdicts(Clauses(encoder, model, subjects), filter(divided.__contains__, unseen))
    unknown, sure = np.percentile(scores, [unknown_percentile, sure_percentile])
    return Fitted(
        _fit_topics(examples, encoder), DivisionJudge.fit(*zip(*verdicts)), Thresholds(float(unknown), float(sure))
    )


def _verdicts(clauses: Clauses, examples: Iterable[Example]) -> Iterator[_Verdict]:
    """Each topic that ``examples`` of several clauses seem to ask, and whether they do."""
    for example in examples:
        weight = _SEVERAL_WEIGHT if _asks_several(example) else 1.0
        for candidate in candidates(*clauses.read(example.text, None)):
            yield candidate.signs, candidate.topic in example.topics, weight


def _asks_several(example: Example) -> bool:
    return len(example.topics - ASKS_NOTHING) > 1


def _fit_topics(examples: Sequence[Example], encoder: SentenceEncoder) -> TopicModel:
    lessons = [lesson for example in examples for lesson in example.lessons]
    texts = [text for text, _ in lessons]
    return TopicModel.fit(texts, encoder.encode(texts), [topic for _, topic in lessons])


def _scores(model: TopicModel, encoder: SentenceEncoder, unseen: Sequence[Example]) -> List[float]:
    """Scores of what was asked of us; what is out of scope says nothing about where understanding ends."""
    ours = [text for example in unseen for text, topic in example.lessons if topic != OUT_OF_SCOPE]
    texts = [text for text in ours if is_held_out(text)] or ours
    return [prediction.score for prediction in model.predict(texts, encoder.encode(texts))]


def _folds(examples: Sequence[Example]) -> Iterator[Tuple[List[Example], List[Example]]]:
    """Pairs of known and unseen examples; each fold has its share of every topic."""
    order = np.random.RandomState(0).permutation(len(examples))
    by_topics: Dict[Tuple[str, ...], List[int]] = {}
    for index in order:
        by_topics.setdefault(tuple(sorted(examples[index].topics)), []).append(index)
    fold = np.zeros(len(examples), dtype=int)
    for place, index in enumerate(index for members in by_topics.values() for index in members):
        fold[index] = place % FOLDS
    for number in range(FOLDS):
        yield (
            [example for example, own in zip(examples, fold) if own != number],
            [example for example, own in zip(examples, fold) if own == number],
        )


class _Remembering(SentenceEncoder):
    """Encodes each text once: the folds share most of theirs."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        self._known: Dict[str, np.ndarray] = {}

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._encoder.encode(new)))
        return np.stack([self._known[text] for text in texts]) if texts else self._encoder.encode([])
