"""Reads one message: which topics it asks, in order, and how sure that is."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Collection, Dict, List, Mapping, Optional, Sequence, Tuple

from bot.engine.clauses import Run, pieces, runs
from bot.engine.division import OUT_OF_SCOPE, DivisionJudge, candidates
from bot.engine.encoder import SentenceEncoder
from bot.engine.follow_up import could_follow, in_context, leans_back
from bot.engine.topic_model import Prediction, Thresholds, TopicModel


class Certainty(str, Enum):
    """What to do with a reading: answer it, ask which of two was meant, or say that it was not understood."""

    SURE = "sure"
    UNSURE = "unsure"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reading:
    """The topics that a message asks, in its order, and for an unsure one the likeliest to choose from."""

    certainty: Certainty
    topics: List[str]
    ranking: List[Tuple[str, float]]
    alternatives: List[str] = field(default_factory=list)


@dataclass(frozen=True)
class ReadingSettings:
    """Measured on practice questions: docs/decisions/003-understanding.md.

    ``asked``: from this probability (0 to 1) on a clause's topic is answered.
    ``leaning_weight``: how much (0 to 1) the reading in the light of the last topic counts for a message that refers to it.
    ``context_weight``: the same for any other short message.
    ``clear_enough``: the share (0 to 1) that the topic before a clause has to have for the clause to refer to it.
    ``clear_lead``: a score under ``Thresholds.sure`` is answered all the same when the best topic is this many times as likely
    as the next.
    ``outside_lead``: how many times as likely as "out of scope" a topic has to be: a wrong fact costs more than none.
    """

    asked: float = 0.45
    leaning_weight: float = 0.7
    context_weight: float = 0.4
    clear_enough: float = 0.4
    clear_lead: float = 1.3
    outside_lead: float = 1.5


class Clauses:
    """Reads the clauses of messages, each in the light of the topic before it."""

    def __init__(
        self,
        encoder: SentenceEncoder,
        model: TopicModel,
        subjects: Mapping[str, str],
        settings: ReadingSettings = ReadingSettings(),
    ) -> None:
        """``subjects`` maps a topic to the noun phrase that stands for it in a follow-up."""
        self._encoder = encoder
        self._model = model
        self._subjects = subjects
        self._settings = settings

    def predict(self, texts: Sequence[str], last_topics: Sequence[Optional[str]]) -> List[Prediction]:
        """Predicts each of ``texts``, the short ones also in the light of the topic before them."""
        weights = [self._context_weight(text, topic) for text, topic in zip(texts, last_topics)]
        leaning = [index for index, weight in enumerate(weights) if weight]
        read_again = [in_context(texts[index], self._subjects[str(last_topics[index])]) for index in leaning]
        everything = [*texts, *read_again]
        predictions = self._model.predict(everything, self._encoder.encode(everything))
        for index, prediction in zip(leaning, predictions[len(texts) :]):
            predictions[index] = predictions[index].mixed_with(prediction, weights[index])
        return predictions[: len(texts)]

    def read(self, text: str, last_topic: Optional[str]) -> Tuple[Dict[Run, Prediction], Dict[Run, str]]:
        """Every run of the pieces of ``text``, predicted, and its words."""
        words = runs(text)
        after = [last_topic if first == 0 else None for first, _ in words]
        predictions = dict(zip(words, self.predict(list(words.values()), after)))
        self._refer_back(predictions, words)
        return predictions, words

    def _context_weight(self, text: str, last_topic: Optional[str]) -> float:
        if last_topic not in self._subjects or not could_follow(text):
            return 0.0
        return self._settings.leaning_weight if leans_back(text) else self._settings.context_weight

    def _refer_back(self, predictions: Dict[Run, Prediction], words: Mapping[Run, str]) -> None:
        """Reads "where is it held" after "how many days' training is it" as a follow-up to that."""
        later = {
            run: before.topic
            for run, clause in words.items()
            if run[0] == run[1] > 0
            and leans_back(clause)
            and (before := predictions[run[0] - 1, run[0] - 1]).ranking[0][1] >= self._settings.clear_enough
        }
        if later:
            predictions.update(zip(later, self.predict([words[run] for run in later], list(later.values()))))


class Reader:
    """Finds the topics of messages with a trained model."""

    def __init__(
        self,
        clauses: Clauses,
        judge: DivisionJudge,
        thresholds: Thresholds,
        nameable: Collection[str],
        settings: ReadingSettings = ReadingSettings(),
    ) -> None:
        """``nameable``: the topics that have a name which a choice can bear."""
        self._clauses = clauses
        self._judge = judge
        self._thresholds = thresholds
        self._nameable = nameable
        self._settings = settings

    def read(self, text: str, last_topic: Optional[str] = None) -> Reading:
        """Reads ``text`` (spelling already mended) after an answer on ``last_topic``, if there was one."""
        if len(pieces(text)) < 2:
            return self._single(self._clauses.predict([text], [last_topic])[0])
        predictions, words = self._clauses.read(text, last_topic)
        found = candidates(predictions, words)
        asked = [one for one, share in zip(found, self._judge.shares(found)) if share >= self._settings.asked]
        if not asked:
            return self._single(predictions[max(words, key=lambda run: run[1] - run[0])])
        return Reading(Certainty.SURE, [one.topic for one in asked], predictions[asked[0].run].ranking)

    def _single(self, prediction: Prediction) -> Reading:
        ranking = prediction.ranking
        outside = dict(ranking).get(OUT_OF_SCOPE, 0.0)
        if ranking[0][1] < self._settings.outside_lead * outside or prediction.score < self._thresholds.unknown:
            return Reading(Certainty.UNKNOWN, [], ranking)
        clear = ranking[0][1] >= self._settings.clear_lead * ranking[1][1]
        if prediction.score >= self._thresholds.sure or clear:
            return Reading(Certainty.SURE, [prediction.topic], ranking)
        # Of the likeliest, those that can be offered: a greeting or a complaint has no name that a choice could bear.
        likely = [topic for topic, _ in ranking[:5] if topic in self._nameable][:2]
        return Reading(Certainty.UNSURE, [], ranking, likely)
