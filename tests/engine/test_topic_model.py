"""The topic model on small made-up vectors: ranking, closeness, mixing."""

from typing import List, Tuple

import numpy as np
import pytest

from bot.engine.topic_model import Prediction, TopicModel

WORDS = {
    "ask/cost": ["price", "fee", "pounds", "pay"],
    "ask/hub": ["hub", "local", "group", "area"],
    "out_of_scope": ["football", "weather", "recipe", "train"],
}
PER_TOPIC = 20


def examples() -> Tuple[List[str], np.ndarray, List[str]]:
    """Texts of made-up words, with vectors that lie around one axis a topic."""
    random = np.random.RandomState(3)
    texts, rows, topics = [], [], []
    for axis, (topic, words) in enumerate(WORDS.items()):
        for number in range(PER_TOPIC):
            texts.append(f"{words[number % 4]} {words[(number + 1) % 4]} {number}")
            row = random.normal(0, 0.15, 6)
            row[axis] += 1
            rows.append(row / np.linalg.norm(row))
            topics.append(topic)
    return texts, np.array(rows, dtype=np.float32), topics


def unit(*values: float) -> np.ndarray:
    row = np.array([values], dtype=np.float32)
    return row / np.linalg.norm(row)


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return TopicModel.fit(*examples())


def test_the_topic_meant_ranks_first_and_shares_add_up(model: TopicModel) -> None:
    (prediction,) = model.predict(["fee pounds"], unit(1, 0, 0, 0, 0, 0))
    assert prediction.topic == "ask/cost"
    assert sum(share for _, share in prediction.ranking) == pytest.approx(1)
    shares = [share for _, share in prediction.ranking]
    assert shares == sorted(shares, reverse=True)
    assert {topic for topic, _ in prediction.ranking} == set(WORDS)


def test_each_text_gets_a_prediction_of_its_own_in_order(model: TopicModel) -> None:
    vectors = np.vstack([unit(0, 1, 0, 0, 0, 0), unit(1, 0, 0, 0, 0, 0)])
    assert [prediction.topic for prediction in model.predict(["hub local", "fee"], vectors)] == ["ask/hub", "ask/cost"]
    assert model.predict([], vectors[:0]) == []


def test_what_is_far_from_every_example_scores_low(model: TopicModel) -> None:
    near, far = model.predict(["fee", "fee"], np.vstack([unit(1, 0, 0, 0, 0, 0), unit(-1, -1, -1, 0.1, 0.2, 0.1)]))
    assert far.closeness < near.closeness
    assert far.score < near.score
    assert 0 <= far.closeness <= near.closeness <= 1


@pytest.mark.parametrize("axis", range(3))
def test_meaning_and_wording_each_move_the_shares(model: TopicModel, axis: int) -> None:
    """With the vector of one topic and the words of another, neither view alone decides."""
    vector = unit(*(float(index == axis) for index in range(6)))
    own, other = list(WORDS)[axis], list(WORDS)[(axis + 1) % 3]
    agreed, torn = model.predict([WORDS[own][0], WORDS[other][0]], np.vstack([vector, vector]))
    assert dict(torn.ranking)[own] < dict(agreed.ranking)[own]
    assert dict(torn.ranking)[other] > dict(agreed.ranking)[other]


def test_fitting_twice_gives_the_same_model(model: TopicModel) -> None:
    again = TopicModel.fit(*examples())
    ask = (["fee hub"], unit(1, 1, 0, 0, 0, 0))
    assert again.predict(*ask) == model.predict(*ask)


def test_two_predictions_mix_by_weight_and_keep_the_greater_closeness() -> None:
    one, other = Prediction([("a", 0.6), ("b", 0.4)], 0.2), Prediction([("b", 0.9), ("a", 0.1)], 0.5)
    mixed = one.mixed_with(other, 0.7)
    assert mixed.topic == "b"
    assert dict(mixed.ranking) == {"a": pytest.approx(0.25), "b": pytest.approx(0.75)}
    assert mixed.closeness == 0.5
    assert one.mixed_with(other, 0.0).ranking == one.ranking


def test_the_score_is_the_best_share_times_the_closeness() -> None:
    assert Prediction([("a", 0.5), ("b", 0.5)], 0.4).score == pytest.approx(0.2)


def test_a_topic_with_few_examples_is_found_by_the_nearest_of_them(model: TopicModel) -> None:
    texts, vectors, topics = examples()
    few = np.array([[0.8, 0, 0, 0.6, 0, 0], [0.75, 0, 0, 0.66, 0, 0], [0.8, 0.1, 0, 0.6, 0, 0]], dtype=np.float32)
    few /= np.linalg.norm(few, axis=1, keepdims=True)
    taught = TopicModel.fit(texts + ["news"] * 3, np.vstack([vectors, few]), topics + ["ask/news"] * 3)
    asked = unit(0.78, 0, 0, 0.63, 0, 0)
    (prediction,) = taught.predict(["anything new"], asked)
    assert prediction.topic == "ask/news"
    assert sum(share for _, share in prediction.ranking) == pytest.approx(1)
    (other,) = taught.predict(["fee pounds"], unit(1, 0, 0, -0.2, 0, 0))
    assert other.topic == "ask/cost"
    assert model.predict(["anything new"], asked)[0].topic == "ask/cost"
