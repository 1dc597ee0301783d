"""The corpus of replies, answered through the real engine: the share that is right must not fall. Figures: bench/replies.md."""

import asyncio

import pytest

from bench.reply_answers import Answers, answer, mails
from tests.conversation.running import running
from tests.conversation.script import topics

# A little under what was measured when this was last changed.
LEAST_RIGHT = 0.95
MOST_NEEDLESS = 0.20
LEAST_FACTS_ANSWERED = 0.75


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """What came of each mail; the letters and their hub are in a database of their own."""
    with running(tmp_path_factory.mktemp("corpus")) as assistant:
        return asyncio.run(answer(assistant.environment, mails()))


@pytest.mark.timeout(300)
def test_replies_are_answered_or_handed_over_rightly(answers: Answers) -> None:
    figures = answers.figures(topics().covers)
    assert figures["right"] / figures["mails"] >= LEAST_RIGHT, figures["wrong"]


def test_hardly_anybody_is_troubled_with_what_the_assistant_knows(answers: Answers) -> None:
    figures = answers.figures(topics().covers)
    assert figures["needless"] / figures["mails"] <= MOST_NEEDLESS
    assert figures["facts_answered"] / figures["facts_asked"] >= LEAST_FACTS_ANSWERED
