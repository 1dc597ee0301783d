"""Typed words mean an offered choice when they are its label or its place."""

import pytest

from bot.choosing import chosen
from bot.store.message import Choice

OFFERED = tuple(
    Choice(str(i), label, f"/{i}") for i, label in enumerate(("What it costs", "Duration?", "Something else"))
)


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("what it costs", 0),
        ("WHAT it costs!", 0),
        ("duration", 1),
        ("1", 0),
        ("2.", 1),
        ("(3)", 2),
        ("first", 0),
        ("the second one", 1),
        ("option 2", 1),
        ("Number three, please", 2),
        ("the last one", 2),
        ("no. 2", 1),
    ],
)
def test_a_choice_is_named(typed: str, place: int) -> None:
    assert chosen(typed, OFFERED) == OFFERED[place]


@pytest.mark.parametrize(
    "typed", ["4", "0", "-", "", "?", "who goes first?", "two people", "12", "costs", "1st session date"]
)
def test_other_words_name_none(typed: str) -> None:
    assert chosen(typed, OFFERED) is None


@pytest.mark.parametrize("typed", ["1", "last", ""])
def test_nothing_offered_nothing_chosen(typed: str) -> None:
    assert chosen(typed, ()) is None


def test_a_label_without_words_is_not_chosen_by_silence() -> None:
    assert chosen("…", (Choice("a", "?!", "/a"),)) is None
