"""What in a mail's own words asks for a person."""

import pytest

from bot.replies.answering.person_needed import (
    asks_about_data,
    declines,
    is_displeased,
    is_yes,
    questions,
    says_more_than_thanks,
    wants_otherwise,
)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you, but it is not for us this year.",
        "We are not interested, sorry.",
        "I'm afraid we have decided to decline.",
        "We won't be taking part.",
        "We don't want to join.",
        "Next year perhaps.",
    ],
)
def test_a_school_that_declines_is_not_registered(text: str) -> None:
    assert declines(text)


@pytest.mark.parametrize(
    "text", ["Yes, sign us up.", "We'd like to join!", "Is it for us at all?", "Is there a VAT on it?"]
)
def test_a_school_that_may_join_does_not_decline(text: str) -> None:
    assert not declines(text)


@pytest.mark.parametrize(
    "text", ["I want to complain.", "This is very poor.", "My name is not Hughes.", "We are not happy with this."]
)
def test_displeasure(text: str) -> None:
    assert is_displeased(text)


@pytest.mark.parametrize("text", ["We'd be happy to join.", "My name is Ann Lee.", "We are a poor parish."])
def test_no_displeasure(text: str) -> None:
    assert not is_displeased(text)


@pytest.mark.parametrize(
    "text",
    ["Where did you get my address from?", "Who runs your data?", "What do you keep about me?", "Is it GDPR-proof?"],
)
def test_who_asks_about_their_data_may_want_an_answer_by_law(text: str) -> None:
    assert asks_about_data(text)


@pytest.mark.parametrize("text", ["Our data shows that science is weak.", "What do you know about science?"])
def test_data_of_another_kind(text: str) -> None:
    assert not asks_about_data(text)


@pytest.mark.parametrize(
    "text",
    ["We would want September rather than January.", "Dear Ruth,\n\nmay parents help?", "Fine, but can we share?"],
)
def test_who_wants_it_otherwise(text: str) -> None:
    assert wants_otherwise(text)


@pytest.mark.parametrize("text", ["What does it cost?", "How can we join?", "Could you tell me the date?"])
def test_who_wants_it_as_it_is(text: str) -> None:
    assert not wants_otherwise(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Cost please", 0),
        ("What does it cost?", 1),
        ("What does it cost?? Really?", 2),
        ("What does it cost, and when do we start?", 2),
        ("Thanks. And who could help?", 1),
        ("Are cost and dates known?", 1),
    ],
)
def test_questions_are_counted(text: str, count: int) -> None:
    assert questions(text) == count


@pytest.mark.parametrize(
    "text", ["Thanks Ruth 👍", "Many thanks, I'll read it.", "Hi Ruth\nThank you! Have a lovely weekend."]
)
def test_thanks_alone(text: str) -> None:
    assert not says_more_than_thanks(text)


def test_more_than_thanks() -> None:
    assert says_more_than_thanks("Thank you. I will get back to you once I have seen the governors.")


@pytest.mark.parametrize("text", ["Yes", "yes please!", "Dear Ruth,\n\nYes, definitely.", "Yes please, thank you"])
def test_yes_and_nothing_else(text: str) -> None:
    assert is_yes(text)


@pytest.mark.parametrize("text", ["Yes, what does it cost?", "Yesterday", "No", "Dear Ruth", "Yes but not this year"])
def test_more_than_yes(text: str) -> None:
    assert not is_yes(text)
