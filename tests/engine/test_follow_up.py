"""What refers to the answer before is told from what stands on its own feet."""

import pytest

from bot.engine.follow_up import could_follow, in_context, leans_back


@pytest.mark.parametrize(
    "text",
    [
        "is that per year?",
        "how many?",
        "and who pays",
        "what about the second year",
        "when?",
        "per school?",
        "do they visit us",
        "why",
    ],
)
def test_a_follow_up_leans_back(text: str) -> None:
    assert leans_back(text)


@pytest.mark.parametrize(
    "text", ["", "mentoring", "does our school need ASE membership", "tell me about this school year"]
)
def test_a_message_that_names_its_subject_does_not(text: str) -> None:
    assert not leans_back(text)


def test_a_long_message_follows_nothing() -> None:
    text = "could you please explain to us in detail how that would work for a very small village school"
    assert not could_follow(text)
    assert not leans_back(text)
    assert could_follow("governors too?")


def test_it_is_read_in_the_form_of_the_examples() -> None:
    assert in_context("and who pays", "the cost") == "the cost: and who pays"
