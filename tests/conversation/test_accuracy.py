"""The practice questions through the chat API: how many are answered rightly must not fall. Figures: bench/results.md."""

import asyncio

import pytest

from bench.asking import ask_all
from bench.evaluation import OUT_OF_SCOPE, Outcome, read_questions
from bench.tally import Tally, share
from tests.conversation.running import ROOT, Assistant
from tests.conversation.script import topics

# A little under what was measured when this was last changed.
LEAST_RIGHT = {
    "direct": 0.95,
    "oblique": 0.85,
    "misspelt": 0.92,
    "compound": 0.81,
    "follow_up": 0.91,
    "near_miss": 0.91,
}
LEAST_RIGHT_OVERALL = 0.90
MOST_FACTS_OUT_OF_SCOPE = 0.05
MOST_ASKED_BACK = 0.05


@pytest.fixture(scope="module")
def tally(assistant: Assistant) -> Tally:
    text = (ROOT / "tests/evaluation/practice.yml").read_text(encoding="utf-8")
    questions = read_questions(text, topics().known)
    answers = asyncio.run(ask_all(assistant.url, questions, topics()))
    return Tally.of(questions, answers, topics().covers)


@pytest.mark.timeout(600)
def test_questions_in_scope_are_answered_rightly(tally: Tally) -> None:
    assert tally.right_share >= LEAST_RIGHT_OVERALL


@pytest.mark.parametrize("kind", LEAST_RIGHT)
def test_each_kind_of_question_is_answered_rightly(tally: Tally, kind: str) -> None:
    assert share(tally.by_kind[kind], {Outcome.RIGHT, Outcome.COVERED}) >= LEAST_RIGHT[kind]


def test_hardly_any_question_out_of_scope_is_answered_with_a_fact(tally: Tally) -> None:
    assert tally.by_kind[OUT_OF_SCOPE].total() >= 50
    assert tally.fact_share <= MOST_FACTS_OUT_OF_SCOPE


def test_asking_back_stays_rare(tally: Tally) -> None:
    assert tally.asked_back_share <= MOST_ASKED_BACK
