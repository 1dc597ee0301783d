"""Which of the topics that a message's clauses seem to ask are really asked: the signs, and what is learned from them."""

from typing import Dict, List

import pytest

from bot.engine.clauses import Run, runs
from bot.engine.division import ASIDE, OUT_OF_SCOPE, DivisionJudge, candidates
from bot.engine.topic_model import Prediction

TOPICS = ["ask/cost", "ask/hub", "open/vat", "open/other_detail", ASIDE, OUT_OF_SCOPE]


def prediction(**shares: float) -> Prediction:
    named = {"cost": "ask/cost", "hub": "ask/hub", "vat": "open/vat", "aside": ASIDE, "outside": OUT_OF_SCOPE}
    given = {named[name]: share for name, share in shares.items()}
    rest = (1 - sum(given.values())) / (len(TOPICS) - len(given))
    ranking = sorted(((topic, given.get(topic, rest)) for topic in TOPICS), key=lambda entry: -entry[1])
    return Prediction(ranking, 0.8)


def read(text: str, **said: Dict[str, float]) -> "Dict[Run, Prediction]":
    """Predictions of every run of ``text``; ``said`` scripts pieces by number ("p0") and the rest is vague."""
    return {run: prediction(**said.get(f"p{run[0]}" if run[0] == run[1] else "whole", {})) for run in runs(text)}


TWO = "what does it cost and what is a hub"


def test_each_topic_comes_once_with_the_run_where_it_is_clearest_in_order_of_the_message() -> None:
    found = candidates(read(TWO, p0={"cost": 0.9}, p1={"hub": 0.8}, whole={"cost": 0.5, "hub": 0.4}), runs(TWO))
    assert [(one.topic, one.run) for one in found] == [("ask/cost", (0, 0)), ("ask/hub", (1, 1))]


def test_what_asks_nothing_is_no_candidate() -> None:
    found = candidates(read(TWO, p0={"aside": 0.9}, p1={"hub": 0.8}, whole={"hub": 0.6}), runs(TWO))
    assert {one.topic for one in found} <= {"ask/hub", "ask/cost", "open/vat", "open/other_detail"}
    assert max(found, key=lambda one: one.signs.share).topic == "ask/hub"


def test_signs_say_what_the_run_the_runs_around_it_and_the_message_say() -> None:
    predictions = read(TWO, p0={"cost": 0.9}, p1={"hub": 0.6, "outside": 0.3}, whole={"cost": 0.5, "hub": 0.4})
    cost, hub = (one.signs for one in candidates(predictions, runs(TWO)))
    assert (cost.share, cost.is_clearest, cost.behind_clearest) == (0.9, 1.0, 0.0)
    assert (hub.share, hub.outside, hub.behind_clearest) == (0.6, 0.3, pytest.approx(0.3))
    assert (cost.share_in_whole, cost.is_topic_of_whole, hub.is_topic_of_whole) == (0.5, 1.0, 0.0)
    assert (hub.best_rival, hub.best_wider, hub.mean_wider) == (0.5, 0.4, 0.4)
    assert (cost.pieces, cost.questions, cost.topics) == (2.0, 2.0, 2.0)
    assert cost.score == pytest.approx(0.9 * 0.8)
    assert cost.length == pytest.approx(len("what does it cost") / len(TWO))


def test_the_judge_learns_which_are_asked() -> None:
    clear = candidates(read(TWO, p0={"cost": 0.9}, p1={"hub": 0.9}, whole={"cost": 0.5, "hub": 0.4}), runs(TWO))
    vague = candidates(read(TWO, p0={"cost": 0.3}, p1={"hub": 0.3}, whole={"vat": 0.9}), runs(TWO))
    signs = [one.signs for one in [*clear, *vague]] * 5
    asked: List[bool] = ([True] * len(clear) + [one.topic == "open/vat" for one in vague]) * 5
    judge = DivisionJudge.fit(signs, asked, [1.0] * len(signs))
    assert [share > 0.5 for share in judge.shares([*clear, *vague])] == asked[: len(clear) + len(vague)]
    assert judge.shares([]) == []
