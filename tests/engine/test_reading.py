"""How a message is read, with a model whose predictions the test writes down."""

from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np
import pytest

from bot.engine.division import OUT_OF_SCOPE, Candidate
from bot.engine.reading import Certainty, Clauses, Reader, Reading
from bot.engine.topic_model import Prediction, Thresholds

TOPICS = ["ask/cost", "ask/hub", "ask/funding", "open/vat", "chat/greeting", "affirm", OUT_OF_SCOPE]
SUBJECTS = {"ask/cost": "the cost", "ask/funding": "the funding", "ask/hub": "the hub"}


class ScriptedEncoder:
    """Gives vectors that nobody looks at."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.zeros((len(texts), 1))


class ScriptedModel:
    """Predicts what it was told for a text: the topics with their shares; nothing much for any other text."""

    def __init__(self, script: Dict[str, Dict[str, float]]) -> None:
        self._script = script
        self.asked: List[str] = []

    def predict(self, texts: Sequence[str], vectors: np.ndarray) -> List[Prediction]:
        self.asked += texts
        return [prediction(self._script.get(text.strip(" ?.!"), {})) for text in texts]


class ScriptedJudge:
    """Holds each candidate to be asked that its run says clearly."""

    def shares(self, candidates: Sequence[Candidate]) -> List[float]:
        return [float(one.signs.share > 0.5 and one.signs.outside < 0.5) for one in candidates]


def prediction(shares: Dict[str, float]) -> Prediction:
    rest = (1 - sum(shares.values())) / (len(TOPICS) - len(shares))
    ranking = sorted(((topic, shares.get(topic, rest)) for topic in TOPICS), key=lambda entry: -entry[1])
    return Prediction(ranking, 1.0)


def reader(model: ScriptedModel) -> Reader:
    clauses = Clauses(ScriptedEncoder(), model, SUBJECTS)  # type: ignore[arg-type]
    return Reader(clauses, ScriptedJudge(), Thresholds(unknown=0.2, sure=0.6), SUBJECTS)  # type: ignore[arg-type]


def read(script: Dict[str, Dict[str, float]], text: str, last: Optional[str] = None) -> Reading:
    return reader(ScriptedModel(script)).read(text, last)


def outcome(reading: Reading) -> Tuple[str, List[str]]:
    return reading.certainty.value, reading.topics or reading.alternatives


def test_a_clear_question_is_answered() -> None:
    assert outcome(read({"what is the fee": {"ask/cost": 0.9}}, "what is the fee?")) == ("sure", ["ask/cost"])


def test_two_likely_topics_are_asked_back_the_likelier_first() -> None:
    reading = read({"money": {"ask/funding": 0.4, "ask/cost": 0.35}}, "money")
    assert outcome(reading) == ("unsure", ["ask/funding", "ask/cost"])
    assert reading.topics == []


def test_a_topic_far_ahead_of_the_next_is_answered_though_its_score_is_low() -> None:
    assert outcome(read({"money": {"ask/funding": 0.5, "ask/cost": 0.1}}, "money")) == ("sure", ["ask/funding"])


def test_out_of_scope_is_never_offered_as_a_choice() -> None:
    reading = read({"money": {"ask/funding": 0.3, "ask/cost": 0.25, OUT_OF_SCOPE: 0.18}}, "money")
    assert outcome(reading) == ("unsure", ["ask/funding", "ask/cost"])


def test_what_has_no_name_is_never_offered_as_a_choice() -> None:
    reading = read({"money": {"ask/funding": 0.28, "chat/greeting": 0.25, "ask/cost": 0.2}}, "money")
    assert outcome(reading) == ("unsure", ["ask/funding", "ask/cost"])


@pytest.mark.parametrize("shares", [{OUT_OF_SCOPE: 0.9}, {}, {"ask/cost": 0.45, OUT_OF_SCOPE: 0.44}])
def test_what_is_nothing_of_ours_is_not_understood(shares: Dict[str, float]) -> None:
    assert outcome(read({"football": shares}, "football")) == ("unknown", [])


def test_two_questions_are_both_answered_in_their_order() -> None:
    script = {name: {"ask/hub": 0.9} for name in ("what is a hub", "the cost: what is a hub")}
    script.update({name: {"ask/cost": 0.9} for name in ("what is the fee", "the hub: what is the fee")})
    assert outcome(read(script, "what is a hub and what is the fee?")) == ("sure", ["ask/hub", "ask/cost"])
    assert outcome(read(script, "what is the fee? what is a hub?")) == ("sure", ["ask/cost", "ask/hub"])


def test_the_same_question_twice_is_answered_once() -> None:
    script = {"what is the fee": {"ask/cost": 0.9}, "how much is it": {"ask/cost": 0.9}}
    assert read(script, "what is the fee, how much is it").topics == ["ask/cost"]


def test_a_greeting_beside_a_question_is_not_answered() -> None:
    script = {"hello": {"chat/greeting": 0.95}, "what is the fee": {"ask/cost": 0.9}}
    assert read(script, "hello, what is the fee?").topics == ["ask/cost"]


def test_courtesies_alone_are_read_as_a_whole() -> None:
    script = {"hello": {"chat/greeting": 0.95}, "yes": {"affirm": 0.95}, "hello, yes": {"chat/greeting": 0.8}}
    assert read(script, "hello, yes").topics == ["chat/greeting"]


def test_a_statement_that_means_nothing_adds_nothing() -> None:
    script = {"I am new here": {}, "what is the fee": {"ask/cost": 0.9}}
    assert read(script, "I am new here, what is the fee?").topics == ["ask/cost"]


def test_a_clause_clearly_out_of_scope_asks_nothing() -> None:
    script = {"what is the fee": {"ask/cost": 0.9}, "who won the football": {OUT_OF_SCOPE: 0.8, "ask/hub": 0.2}}
    assert read(script, "what is the fee and who won the football?").topics == ["ask/cost"]


def test_where_no_clause_asks_anything_the_whole_message_is_read() -> None:
    text = "we are a special school, is there a fee"
    assert read({text: {"open/vat": 0.45}}, text).topics == ["open/vat"]


def test_a_follow_up_is_read_in_the_light_of_the_last_topic() -> None:
    script = {"who pays": {"ask/hub": 0.3}, "the cost: who pays": {"ask/funding": 0.9}}
    assert read(script, "who pays", "ask/cost").topics == ["ask/funding"]
    assert read(script, "who pays").topics != ["ask/funding"]


def test_what_does_not_refer_back_is_less_moved_by_the_last_topic() -> None:
    script = {text: {"ask/hub": 0.9} for text in ("what is it", "the local hub")}
    script.update({f"the cost: {text}": {"ask/cost": 0.9} for text in ("what is it", "the local hub")})
    assert read(script, "what is it", "ask/cost").topics == ["ask/cost"]
    assert read(script, "the local hub", "ask/cost").topics == ["ask/hub"]


def test_a_long_message_stands_on_its_own_feet() -> None:
    long = "what is the local hub that the letter from the Science people mentions in it please"
    model = ScriptedModel({long: {"ask/hub": 0.9}})
    assert reader(model).read(long, "ask/cost").topics == ["ask/hub"]
    assert model.asked == [long]


def test_only_the_first_clause_follows_the_last_answer() -> None:
    model = ScriptedModel({})
    reader(model).read("why so, and where is it", "ask/cost")
    assert "the cost: why so" in model.asked
    assert "the cost: where is it" not in model.asked


def test_a_later_clause_refers_back_to_the_one_before() -> None:
    script = {"what is a hub": {"ask/hub": 0.9}, "what is that for": {}, "the hub: what is that for": {"open/vat": 0.9}}
    assert read(script, "what is a hub, what is that for").topics == ["ask/hub", "open/vat"]


def test_a_last_topic_without_a_subject_changes_nothing() -> None:
    script = {"who pays": {"ask/funding": 0.9}}
    assert read(script, "who pays", "chat/robot") == read(script, "who pays")


@pytest.mark.parametrize("text", ["", "?", "…", "and", ", , ,", "and " * 500])
def test_next_to_nothing_is_read_without_trouble(text: str) -> None:
    assert read({}, text).certainty is Certainty.UNKNOWN
