"""How answers to evaluation questions are judged, and that the files of questions are sound."""

from collections import Counter

import pytest

from bench.accuracy import FILES, JUDGING, PRACTICE, questions
from bench.evaluation import KINDS, Answered, Outcome, Question, QuestionsError, judge, plain, read_questions
from bench.tally import Tally
from bench.topics import Topics, examples, lines

KNOWN = {"ask/cost", "ask/membership", "ask/funding", "ask/support", "open/vat", "chat/greeting", "out_of_scope"}


@pytest.fixture(scope="module")
def topics() -> Topics:
    return Topics.load()


def covers(answered: str, wanted: str) -> bool:
    """The answer on support states what the one on the cost does."""
    return (answered, wanted) == ("ask/support", "ask/cost")


def asking(*wanted: str, also: tuple[str, ...] = ()) -> Question:
    return Question(
        text="?", kind="out_of_scope" if wanted == ("out_of_scope",) else "direct", topics=wanted, also=also
    )


def judged(question: Question, *answered: str) -> Outcome:
    return judge(question, Answered(answered), covers)


def test_the_wanted_topic_is_right() -> None:
    assert judged(asking("ask/cost"), "ask/cost") is Outcome.RIGHT


def test_another_topic_is_wrong() -> None:
    assert judged(asking("ask/cost"), "ask/funding") is Outcome.WRONG


def test_a_topic_that_would_serve_as_well_is_right_instead_or_besides() -> None:
    question = asking("ask/cost", also=("ask/funding",))
    assert judged(question, "ask/funding") is Outcome.RIGHT
    assert judged(question, "ask/cost", "ask/funding") is Outcome.RIGHT


def test_an_answer_that_covers_the_wanted_one_is_right_but_not_strictly() -> None:
    assert judged(asking("ask/cost"), "ask/support") is Outcome.COVERED


def test_covering_goes_one_way() -> None:
    assert judged(asking("ask/support"), "ask/cost") is Outcome.WRONG


def test_an_extra_answer_is_wrong_unless_the_wanted_one_covers_it() -> None:
    assert judged(asking("ask/cost"), "ask/cost", "ask/funding") is Outcome.WRONG
    assert judged(asking("ask/support"), "ask/support", "ask/cost") is Outcome.COVERED


def test_each_part_of_a_compound_question_wants_its_answer() -> None:
    question = asking("ask/cost", "ask/membership")
    assert judged(question, "ask/membership", "ask/cost") is Outcome.RIGHT
    assert judged(question, "ask/cost") is Outcome.WRONG
    assert judged(question, "ask/membership", "ask/support") is Outcome.COVERED


def test_one_replacement_serves_for_one_part_of_a_compound_question() -> None:
    question = asking("ask/cost", "ask/membership", also=("ask/funding",))
    assert judged(question, "ask/cost", "ask/funding") is Outcome.RIGHT
    assert judged(question, "ask/funding") is Outcome.WRONG


def test_a_greeting_beside_a_question_may_be_answered_but_need_not() -> None:
    question = asking("chat/greeting", "ask/cost")
    assert judged(question, "ask/cost") is Outcome.RIGHT
    assert judged(question, "chat/greeting", "ask/cost") is Outcome.RIGHT
    assert judged(question, "chat/greeting") is Outcome.WRONG
    assert judged(asking("chat/greeting"), "chat/greeting") is Outcome.RIGHT


def test_asking_back_is_not_right_even_with_the_right_choice() -> None:
    question = asking("ask/cost", also=("ask/funding",))
    assert judge(question, Answered(offered=("ask/cost", "open/vat")), covers) is Outcome.OFFERED
    assert judge(question, Answered(offered=("ask/funding",)), covers) is Outcome.OFFERED
    assert judge(question, Answered(offered=("open/vat",)), covers) is Outcome.ASKED_ASTRAY


def test_declining_a_question_in_scope_is_not_understanding_it() -> None:
    assert judged(asking("ask/cost"), "out_of_scope") is Outcome.NOT_UNDERSTOOD


@pytest.mark.parametrize(
    ("answered", "outcome"),
    [
        (Answered(("out_of_scope",)), Outcome.DECLINED),
        (Answered(("ask/cost",)), Outcome.FACT),
        (Answered(("open/vat", "ask/cost")), Outcome.FACT),
        (Answered(("open/vat",)), Outcome.LEFT_OPEN),
        (Answered(("chat/greeting",)), Outcome.OTHER),
        (Answered(offered=("ask/cost",)), Outcome.ASKED_BACK),
    ],
)
def test_a_question_out_of_scope_wants_to_be_declined(answered: Answered, outcome: Outcome) -> None:
    assert judge(asking("out_of_scope"), answered, covers) is outcome


def test_the_tally_keeps_scopes_apart_and_counts_what_was_taken_for_what() -> None:
    asked = [asking("ask/cost"), asking("ask/cost"), asking("ask/cost"), asking("out_of_scope")]
    answers = [Answered(("ask/cost",)), Answered(("ask/support",)), Answered(("open/vat",)), Answered(("ask/cost",))]
    tally = Tally.of(asked, answers, covers)
    assert (tally.right_share, tally.strictly_right_share, tally.fact_share) == (2 / 3, 1 / 3, 1.0)
    assert Counter(pair.wanted for pair in tally.confusion) == {"ask/cost": 2, "out_of_scope": 1}


def test_what_the_letter_leaves_open_is_never_covered(topics: Topics) -> None:
    assert topics.covers("ask/support", "ask/training")
    assert topics.stated["open/vat"] <= topics.stated["ask/cost"]
    assert not topics.covers("ask/cost", "open/vat")


def test_an_answer_without_facts_is_covered_by_none(topics: Topics) -> None:
    assert not any(topics.covers(answered, "ask/contact") for answered in topics.stated)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- {text: a, kind: direct, topics: [ask/price]}", "entry 1: unknown topic ask/price"),
        ("- {text: a, kind: odd, topics: [ask/cost]}", "entry 1 → kind: literal_error"),
        ("- {text: a, kind: direct, topics: []}", "entry 1 → topics: too_short"),
        ("- {text: a, kind: direct, topics: [out_of_scope]}", "entry 1: the kind does not fit the topics"),
        (
            "- {text: A b, kind: direct, topics: [ask/cost]}\n- {text: a  b!, kind: direct, topics: [ask/cost]}",
            "entry 2: repeats entry 1",
        ),
        ("- {text: [", "not valid YAML"),
    ],
)
def test_a_malformed_file_of_questions_is_refused_without_quoting_it(text: str, why: str) -> None:
    with pytest.raises(QuestionsError, match=why):
        read_questions(text, KNOWN)


@pytest.mark.parametrize("name", FILES)
def test_both_files_hold_enough_questions_of_every_kind(name: str, topics: Topics) -> None:
    asked = questions(name, topics)
    assert len(asked) >= 400
    assert {question.kind for question in asked} == set(KINDS)


def test_no_example_repeats_a_judging_question(topics: Topics) -> None:
    judging = {plain(question.text) for question in questions(JUDGING, topics)}
    learnt = {plain(line): entry["intent"] for entry in examples() for line in lines(entry)}
    # The topic alone: the judging question's words are for nobody's eyes.
    repeated = Counter(topic for text, topic in learnt.items() if text in judging)
    assert not repeated, f"examples that repeat judging questions, by topic: {dict(repeated)}"


def test_no_practice_question_repeats_a_judging_question(topics: Topics) -> None:
    judging = {plain(question.text) for question in questions(JUDGING, topics)}
    repeated = sum(plain(question.text) in judging for question in questions(PRACTICE, topics))
    assert repeated == 0, f"{repeated} practice questions repeat judging questions"
