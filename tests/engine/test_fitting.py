"""Thresholds and judge come from examples that the model has not seen."""

from typing import List, Sequence

import numpy as np
import pytest

from bot.engine import fitting
from bot.engine.fitting import Example, fit
from bot.engine.neighbours import Neighbours
from bot.engine.wording import Wording

SUBJECTS = {"ask/cost": "the cost", "ask/hub": "the hub"}


class WordEncoder:
    """A vector a text, by the words of each topic in it."""

    WORDS = (("fee", "price", "pay"), ("hub", "group", "local"), ("cake", "film", "rain"))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = [[sum(text.count(word) for word in words) for words in self.WORDS] for text in texts]
        vectors = np.array([[*row, 0.1] for row in rows], dtype=np.float32).reshape(len(texts), 4)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def example(text: str, *topics: str) -> Example:
    return Example(text, frozenset(topics), ((text, topics[0]),) if len(topics) == 1 else ())


def examples() -> List[Example]:
    found = []
    for number in range(36):  # with fewer in a fold, topics are found by another rule
        found.append(example(f"the fee {number} or price", "ask/cost"))
        found.append(example(f"the hub {number} or group", "ask/hub"))
        found.append(example(f"a cake {number}, a film", "out_of_scope"))
        found.append(example(f"pay the fee {number} and the local hub", "ask/cost", "ask/hub"))
    return found


def fitted(unknown: float = 5.0, sure: float = 25.0) -> "fitting.Fitted":
    return fit(examples(), WordEncoder(), SUBJECTS, unknown, sure)  # type: ignore[arg-type]


def test_thresholds_are_in_order_and_rise_with_their_percentiles() -> None:
    low, high = fitted().thresholds, fitted(30.0, 70.0).thresholds
    assert 0 < low.unknown < low.sure < 1
    assert high.unknown > low.unknown and high.sure > low.sure


def test_fitting_twice_gives_the_same() -> None:
    assert fitted().thresholds == fitted().thresholds


def test_no_example_is_judged_by_a_model_that_knows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    fits: List[set] = []
    original = fitting._fit_topics

    def spy(known: Sequence[Example], encoder: object) -> object:
        fits.append({one.text for one in known})
        return original(known, encoder)  # type: ignore[arg-type]

    monkeypatch.setattr(fitting, "_fit_topics", spy)
    fitted()
    everything = {one.text for one in examples()}
    *parts, last = fits
    assert last == everything
    unseen = [everything - part for part in parts]
    assert set.union(*unseen) == everything
    assert sum(map(len, unseen)) == len(everything)


def test_without_an_example_that_asks_several_things_it_says_so() -> None:
    alone = [one for one in examples() if len(one.topics) == 1]
    with pytest.raises(ValueError, match="intent several"):
        fit(alone, WordEncoder(), SUBJECTS, 5.0, 25.0)  # type: ignore[arg-type]


def test_wording_tells_topics_by_their_words_and_its_shares_add_up() -> None:
    texts = [
        "the fee is high",
        "a fee to pay",
        "the hub is near",
        "a hub of schools",
        "bake a cake",
        "cake for tea",
    ] * 3
    wording = Wording.fit(texts, np.array(["cost", "cost", "hub", "hub", "outside", "outside"] * 3))
    shares = wording.shares(["what fee", "which hub", ""])
    assert shares.argmax(axis=1)[:2].tolist() == [0, 1]
    assert shares.sum(axis=1) == pytest.approx(1)


def test_neighbours_measure_closeness_and_stand_for_their_topics() -> None:
    random = np.random.RandomState(1)
    middles = np.eye(3, 16)
    vectors = np.concatenate([middle + random.normal(0, 0.05, (8, 16)) for middle in middles]).astype(np.float32)
    neighbours = Neighbours.fit(vectors, np.repeat(["a", "b", "c"], 8))
    shares, closeness = neighbours.read(np.stack([middles[1], -middles.sum(axis=0)]).astype(np.float32))
    assert shares[0].argmax() == 1
    assert shares.sum(axis=1) == pytest.approx(1)
    assert closeness[0] > 0.9 > closeness[1] >= 0
