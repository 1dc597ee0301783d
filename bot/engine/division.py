"""Decides which of the topics that a message's clauses seem to ask are really asked.

"We're a small school with no science lead, who would have to go, and what does it cost?" has three clauses, and two questions.
What tells them from the rest is learned: a logistic regression on signs such as how clear the clause is by itself, whether it
has the form of a question, and what the whole message says.
"""

from typing import Dict, List, Mapping, NamedTuple, Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from bot.engine.clauses import Run, asks_something, is_list_item
from bot.engine.topic_model import Prediction

OUT_OF_SCOPE = "out_of_scope"
ASIDE = "chat/aside"
OTHER_DETAIL = "open/other_detail"
# Said beside a question they carry nothing to answer ("Right, what does it cost?").
COURTESIES = frozenset({"chat/greeting", "chat/thanks", "chat/goodbye", ASIDE, "affirm", "deny"})
ASKS_NOTHING = COURTESIES | {OUT_OF_SCOPE}


class Signs(NamedTuple):
    """What speaks for and against a topic's being asked; shares are probabilities (0 to 1), yes is 1."""

    # of the run where the topic is clearest
    share: float
    closeness: float
    score: float
    next_share: float  # of the next topic that asks something
    outside: float  # the share of being out of scope
    aside: float  # the share of asking nothing
    has_form_of_question: float
    is_list_item: float
    words: float
    length: float  # as a part of the message's
    # of the runs around it
    share_in_whole: float
    is_topic_of_whole: float
    best_rival: float  # the highest share of another topic in a run that overlaps
    best_wider: float  # the topic's highest and mean share in longer runs around it
    mean_wider: float
    best_piece: float  # the topic's highest share in a single piece
    behind_clearest: float  # how far its share is below that of the message's clearest topic
    is_clearest: float
    is_other_detail: float  # the topic that takes what no other does
    # of the message
    pieces: float
    whole_share: float  # of the whole message's best topic, and of its next
    whole_next: float
    questions: float  # pieces in the form of a question
    list_items: float
    topics: float


class Candidate(NamedTuple):
    """A topic that ``run`` seems to ask, and the signs of whether it does."""

    topic: str
    run: Run
    signs: Signs


class DivisionJudge:
    """Tells which candidates are asked."""

    def __init__(self, regression: Pipeline) -> None:
        self._regression = regression

    @classmethod
    def fit(cls, signs: Sequence[Signs], asked: Sequence[bool], weights: Sequence[float]) -> "DivisionJudge":
        """Learns from the ``signs`` of candidates, whether each was ``asked``, and how much each counts."""
        regression = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
        return cls(regression.fit(signs, asked, logisticregression__sample_weight=weights))

    def shares(self, candidates: Sequence[Candidate]) -> List[float]:
        """The probability that each of ``candidates`` is asked."""
        if not candidates:
            return []
        return [float(share) for share in self._regression.predict_proba([one.signs for one in candidates])[:, 1]]


def candidates(predictions: Mapping[Run, Prediction], runs: Mapping[Run, str]) -> List[Candidate]:
    """The topics that ``runs`` (of a message's pieces, with their words) seem to ask, each with the run where it is clearest."""
    shares = {run: dict(prediction.ranking) for run, prediction in predictions.items()}
    best = {run: _best(prediction) for run, prediction in predictions.items()}
    clearest: Dict[str, Run] = {}
    for run, topic in best.items():
        if topic not in clearest or shares[run][topic] > shares[clearest[topic]][topic]:
            clearest[topic] = run
    top = max(shares[run][topic] for topic, run in clearest.items())
    last = max(end for _, end in runs)
    pieces = [(index, index) for index in range(last + 1)]
    whole = predictions[0, last]
    questions = float(sum(asks_something(runs[piece]) for piece in pieces))
    list_items = float(sum(is_list_item(runs[piece]) for piece in pieces))
    found = []
    for topic, run in clearest.items():
        share, text = shares[run][topic], runs[run]
        rivals = [shares[other][best[other]] for other in runs if _overlap(run, other) and best[other] != topic]
        wider = [shares[other][topic] for other in runs if other != run and _within(run, other)]
        ranking = predictions[run].ranking
        signs = Signs(
            share=share,
            closeness=predictions[run].closeness,
            score=share * predictions[run].closeness,
            next_share=next(next_ for name, next_ in ranking if name != topic and name not in ASKS_NOTHING),
            outside=shares[run].get(OUT_OF_SCOPE, 0.0),
            aside=shares[run].get(ASIDE, 0.0),
            has_form_of_question=float(asks_something(text)),
            is_list_item=float(is_list_item(text)),
            words=float(len(text.split())),
            length=len(text) / len(runs[0, last]),
            share_in_whole=shares[0, last][topic],
            is_topic_of_whole=float(topic == whole.topic),
            best_rival=max(rivals, default=0.0),
            best_wider=max(wider, default=share),
            mean_wider=float(np.mean(wider)) if wider else share,
            best_piece=max(shares[piece][topic] for piece in pieces),
            behind_clearest=top - share,
            is_clearest=float(share == top),
            is_other_detail=float(topic == OTHER_DETAIL),
            pieces=float(len(pieces)),
            whole_share=whole.ranking[0][1],
            whole_next=whole.ranking[1][1],
            questions=questions,
            list_items=list_items,
            topics=float(len(clearest)),
        )
        found.append(Candidate(topic, run, signs))
    return sorted(found, key=lambda candidate: candidate.run)


def _best(prediction: Prediction) -> str:
    return next(topic for topic, _ in prediction.ranking if topic not in ASKS_NOTHING)


def _overlap(one: Run, other: Run) -> bool:
    return other[0] <= one[1] and other[1] >= one[0]


def _within(one: Run, other: Run) -> bool:
    return other[0] <= one[0] and other[1] >= one[1]
