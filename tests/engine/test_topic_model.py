"""The topic model on small made-up vectors: ranking, closeness, thresholds that come from the data."""

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
    texts, vectors, topics = examples()
    return TopicModel.train(texts, vectors, topics, 5.0, 25.0, ungated=["out_of_scope"])


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


def test_what_is_far_from_every_example_scores_low(model: TopicModel) -> None:
    near, far = model.predict(["fee", "fee"], np.vstack([unit(1, 0, 0, 0, 0, 0), unit(0, 0, 0, 0, 0, 1)]))
    assert far.closeness < near.closeness
    assert far.score < model.thresholds.unknown < near.score
    assert 0 <= far.closeness <= near.closeness <= 1


def test_thresholds_come_from_the_data_in_order(model: TopicModel) -> None:
    assert 0 < model.thresholds.unknown < model.thresholds.sure < 1


def test_a_higher_percentile_makes_a_higher_threshold(model: TopicModel) -> None:
    texts, vectors, topics = examples()
    stricter = TopicModel.train(texts, vectors, topics, 20.0, 60.0, ungated=["out_of_scope"])
    assert stricter.thresholds.unknown > model.thresholds.unknown
    assert stricter.thresholds.sure > model.thresholds.sure


def test_ungated_topics_do_not_move_the_thresholds() -> None:
    texts, vectors, topics = examples()
    spoilt = vectors.copy()
    spoilt[2 * PER_TOPIC :] = np.random.RandomState(5).normal(size=(PER_TOPIC, 6))
    spoilt /= np.linalg.norm(spoilt, axis=1, keepdims=True)
    gated = TopicModel.train(texts, spoilt, topics, 5.0, 25.0)
    ungated = TopicModel.train(texts, spoilt, topics, 5.0, 25.0, ungated=["out_of_scope"])
    assert ungated.thresholds.unknown > gated.thresholds.unknown


def test_training_twice_gives_the_same_model(model: TopicModel) -> None:
    texts, vectors, topics = examples()
    again = TopicModel.train(texts, vectors, topics, 5.0, 25.0, ungated=["out_of_scope"])
    assert again.thresholds == model.thresholds


def test_ruling_a_topic_out_raises_the_others_in_proportion() -> None:
    prediction = Prediction([("a", 0.5), ("b", 0.3), ("c", 0.2)], 0.9)
    rest = prediction.without("a")
    assert rest.topic == "b"
    assert dict(rest.ranking) == {"b": pytest.approx(0.6), "c": pytest.approx(0.4)}
    assert rest.closeness == prediction.closeness
    assert prediction.without("z").topic == "a"


def test_the_score_is_the_best_share_times_the_closeness() -> None:
    assert Prediction([("a", 0.5), ("b", 0.5)], 0.4).score == pytest.approx(0.2)
