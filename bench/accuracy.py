"""Asks both files of evaluation questions and counts how they were answered."""

import asyncio
from collections.abc import Callable
from typing import Any

from bench.asking import ask_all
from bench.evaluation import Question, plain, read_questions
from bench.tally import Tally
from bench.topics import ROOT, Topics, examples, lines

JUDGING = "judging"  # nobody who works on the understanding reads it
PRACTICE = "practice"
FILES = (JUDGING, PRACTICE)


def questions(name: str, topics: Topics) -> list[Question]:
    """The questions of one of ``FILES``. Raises QuestionsError."""
    path = ROOT / "tests" / "evaluation" / f"{name}.yml"
    return read_questions(path.read_text(encoding="utf-8"), topics.known)


def plain_questions(topics: Topics) -> list[str]:
    """What latency and memory are measured with: practice questions, plainly asked or not so plainly."""
    return [question.text for question in questions(PRACTICE, topics) if question.kind in ("direct", "oblique")]


def measure(url: str, name: str, every: int = 1, on_answer: Callable[[], object] = lambda: None) -> dict[str, Any]:
    """Asks the questions of a file at ``url``, or each so many-th of them, and returns the tally as plain values.

    Raises:
        AskingError: if the assistant cannot be asked.
    """
    topics = Topics.load()
    asked = questions(name, topics)[::every]
    answers = asyncio.run(ask_all(url, asked, topics, on_answer))
    seen = _seen_before(name, topics)
    apart = [pair for pair in zip(asked, answers, strict=True) if plain(pair[0].text) not in seen]
    unseen = Tally.of([question for question, _ in apart], [answer for _, answer in apart], topics.covers)
    return {
        "questions": len(asked),
        **Tally.of(asked, answers, topics.covers).as_json(),
        "seen_before": len(asked) - len(apart),
        "unseen": {"right": unseen.right_share, "out_of_scope_fact": unseen.fact_share},
    }


def _seen_before(name: str, topics: Topics) -> set[str]:
    """What the understanding was made with, plain: the examples, and for the judging questions the practice ones too."""
    learnt = {plain(line) for entry in examples() for line in lines(entry)}
    tuned_on = {plain(question.text) for question in questions(PRACTICE, topics)} if name == JUDGING else set()
    return learnt | tuned_on
