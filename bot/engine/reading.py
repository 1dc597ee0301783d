"""Reads one message: which topics it asks, in order, and how sure that is."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from bot.engine.clauses import Piece, asks_something, is_list_item, pieces
from bot.engine.encoder import SentenceEncoder
from bot.engine.follow_up import as_full_question
from bot.engine.topic_model import Prediction, TopicModel

OUT_OF_SCOPE = "out_of_scope"
# Said beside a question they carry nothing to answer ("Right, what does it cost?").
COURTESIES = frozenset({"chat/greeting", "chat/thanks", "chat/goodbye", "affirm", "deny"})


Run = Tuple[int, int]
"""A run of a message's pieces, by the indices of its first and last."""


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

    ``question_cost``: the score (0 to 1) that a clause in the form of a question has to bring to count as one of its own.
    ``clear_cost``: the same for a clause that does not.
    ``context_weight``: how much (0 to 1) the reading in the light of the last topic counts for a follow-up.
    ``repeat_weight``: how likely a follow-up asks for the last topic once more, against any other (0 to 1).
    ``plain_enough``: from this score (0 to 1) on a message is read by itself.
    ``clear_lead``: a score under ``Thresholds.sure`` is answered all the same when the best topic is this many times as likely
    as the next.
    ``outside``: from this probability of being out of scope on, a clause of a longer message asks nothing.
    ``outside_lead``: how many times as likely as "out of scope" a topic has to be: a wrong fact costs more than none.
    """

    question_cost: float = 0.14
    clear_cost: float = 0.28
    context_weight: float = 0.7
    repeat_weight: float = 0.5
    plain_enough: float = 0.45
    clear_lead: float = 2.5
    outside: float = 0.5
    outside_lead: float = 1.5


class Reader:
    """Finds the topics of messages with a trained model."""

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

    def read(self, text: str, last_topic: Optional[str] = None) -> Reading:
        """Reads ``text`` (spelling already mended) after an answer on ``last_topic``, if there was one."""
        parts = pieces(text)
        if len(parts) < 2:
            return self._single(self._predict([text], [last_topic])[0])
        runs = _runs(text, parts)
        after = [last_topic if first == 0 else None for first, _ in runs]
        predictions = dict(zip(runs, self._predict(list(runs.values()), after)))
        self._refer_back(predictions, runs, len(parts))
        whole = predictions[0, len(parts) - 1]
        questions = self._divide(predictions, runs, len(parts))
        is_sure = whole.score >= self._model.thresholds.sure
        if len({question.topic for question in questions}) > 1 and not (is_sure and _asks_once(text, parts)):
            return self._several(questions)
        if questions and not is_sure:
            return self._single(max([whole, *questions], key=lambda prediction: prediction.score))
        return self._single(whole)

    def _predict(self, texts: Sequence[str], last_topics: Sequence[Optional[str]]) -> List[Prediction]:
        rewritten: Dict[int, str] = {}
        for index, (text, last_topic) in enumerate(zip(texts, last_topics)):
            full = as_full_question(text, self._subjects[last_topic]) if last_topic in self._subjects else None
            if full:
                rewritten[index] = full
        everything = [*texts, *rewritten.values()]
        predictions = self._model.predict(everything, self._encoder.encode(everything))
        plain, in_context = predictions[: len(texts)], predictions[len(texts) :]
        for index, prediction in zip(rewritten, in_context):
            if plain[index].score < self._settings.plain_enough:
                plain[index] = self._blend(plain[index], prediction, str(last_topics[index]))
        return plain

    def _refer_back(self, predictions: Dict[Run, Prediction], runs: Mapping[Run, str], count: int) -> None:
        """Reads "where is it held" after "how many days' training is it" as a follow-up to that."""
        later = [
            (index, index)
            for index in range(1, count)
            if predictions[index - 1, index - 1].score >= self._settings.clear_cost
        ]
        if later:
            befores = [predictions[index - 1, index - 1].topic for index, _ in later]
            predictions.update(zip(later, self._predict([runs[run] for run in later], befores)))

    def _blend(self, plain: Prediction, in_context: Prediction, last_topic: str) -> Prediction:
        """Weighs both readings of a follow-up; that the last answer is wanted again is less likely than that it is not."""
        weight, repeat = self._settings.context_weight, self._settings.repeat_weight
        shares = {topic: share * (repeat if topic == last_topic else 1.0) for topic, share in in_context.ranking}
        total = sum(shares.values())
        mixed = {topic: (1 - weight) * share + weight * shares[topic] / total for topic, share in plain.ranking}
        ranking = sorted(mixed.items(), key=lambda entry: entry[1], reverse=True)
        return Prediction(ranking, max(plain.closeness, in_context.closeness))

    def _divide(self, predictions: Mapping[Run, Prediction], runs: Mapping[Run, str], count: int) -> List[Prediction]:
        """Divides ``count`` pieces into runs so that the scores of the runs, less the cost of each, add up to most.

        A run that means nothing by itself ("I'm the head of a small school") adds nothing and asks nothing.
        """
        settings = self._settings
        is_list = sum(is_list_item(runs[index, index]) for index in range(count)) >= 2
        best: List[Tuple[float, List[Prediction]]] = [(0.0, [])]
        for end in range(count):
            value, chosen = best[end]
            candidates = [(value, chosen)]
            for start in range(end + 1):
                value, chosen = best[start]
                prediction = predictions[start, end]
                if prediction.topic == OUT_OF_SCOPE and prediction.ranking[0][1] >= settings.outside:
                    continue
                prediction = prediction.without(OUT_OF_SCOPE)  # in a message that asks, a clause rarely is
                asks = asks_something(runs[start, end]) or (is_list and is_list_item(runs[start, end]))
                cost = settings.question_cost if asks else settings.clear_cost
                if prediction.score > cost:
                    candidates.append((value + prediction.score - cost, [*chosen, prediction]))
            best.append(max(candidates, key=lambda candidate: candidate[0]))
        return best[count][1]

    def _several(self, division: Sequence[Prediction]) -> Reading:
        topics = list(dict.fromkeys(prediction.topic for prediction in division))
        asked = [topic for topic in topics if topic not in COURTESIES] or topics[:1]
        lead = next(prediction for prediction in division if prediction.topic == asked[0])
        return Reading(Certainty.SURE, asked, lead.ranking)

    def _single(self, prediction: Prediction) -> Reading:
        ranking = prediction.ranking
        thresholds = self._model.thresholds
        outside = dict(ranking).get(OUT_OF_SCOPE, 0.0)
        if ranking[0][1] < self._settings.outside_lead * outside or prediction.score < thresholds.unknown:
            return Reading(Certainty.UNKNOWN, [], ranking)
        clear = ranking[0][1] >= self._settings.clear_lead * ranking[1][1]
        if prediction.score >= thresholds.sure or clear:
            return Reading(Certainty.SURE, [prediction.topic], ranking)
        # Of the likeliest, those that can be offered: a greeting or a complaint has no name that a choice could bear.
        likely = [topic for topic, _ in ranking[:5] if topic in self._subjects][:2]
        return Reading(Certainty.UNSURE, [], ranking, likely)


def _runs(text: str, parts: Sequence[Piece]) -> Dict[Run, str]:
    """Every run of the pieces of ``text``, in their order, with its words."""
    return {
        (first, last): text[parts[first].start : parts[last].end]
        for first in range(len(parts))
        for last in range(first, len(parts))
    }


def _asks_once(text: str, parts: Sequence[Piece]) -> bool:
    """Whether all but one piece are statements that belong to it: "We're a special school, can we take part?"."""
    clauses = [text[part.start : part.end] for part in parts]
    return sum(asks_something(clause) or is_list_item(clause) for clause in clauses) <= 1
