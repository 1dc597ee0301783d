"""A message without a subject gets that of the last answer; one that stands on its own feet does not."""

import pytest

from bot.engine.follow_up import as_full_question


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
def test_a_follow_up_is_read_with_the_last_subject(text: str) -> None:
    assert as_full_question(text, "the cost") == f"the cost: {text}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mentoring",
        "does our school need ASE membership",
        "tell me something about this school year please",
        "could you please explain to us in detail how that would work for a village school",
    ],
)
def test_a_message_that_names_its_subject_is_left_alone(text: str) -> None:
    assert as_full_question(text, "the cost") is None
