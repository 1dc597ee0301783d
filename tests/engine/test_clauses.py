"""A message is cut where one question can end and the next begin."""

import pytest

from bot.engine.clauses import MOST_PIECES, asks_something, is_list_item, pieces


def cut(text: str) -> "list[str]":
    return [text[piece.start : piece.end] for piece in pieces(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("?! …", []),
        ("😀", []),
        ("What does it cost?", ["What does it cost"]),
        ("What does it cost and when does it start?", ["What does it cost", "when does it start"]),
        ("Who leads it? What is a hub?", ["Who leads it", "What is a hub"]),
        ("cost, dates, venue", ["cost", "dates", "venue"]),
        ("1. cost\n2. dates", ["cost", "dates"]),
        ("cost & dates + venue", ["cost", "dates", "venue"]),
        ("is it £1,000 or £2.50", ["is it £1,000", "£2.50"]),
        ("sandwiches, andes", ["sandwiches", "andes"]),
        ("write to a.b@example.org", ["write to a.b@example.org"]),
        ("the e-portal", ["the e-portal"]),
        ("the cost - and also the dates", ["the cost", "the dates"]),
    ],
)
def test_a_message_is_cut_into_pieces(text: str, expected: "list[str]") -> None:
    assert cut(text) == expected


def test_pieces_are_in_order_and_do_not_overlap() -> None:
    text = "cost, dates and venue; plus the portal? also mentors but not (hubs)"
    ends = [position for piece in pieces(text) for position in (piece.start, piece.end)]
    assert ends == sorted(ends)
    assert all(part == part.strip() and part for part in cut(text))


def test_what_comes_after_the_most_pieces_belongs_to_the_last() -> None:
    found = cut(", ".join(f"word{number}" for number in range(20)))
    assert len(found) == MOST_PIECES
    assert found[-1].startswith("word5, word6")
    assert found[-1].endswith("word19")


@pytest.mark.parametrize(
    "clause",
    ["what is it", "is it free", "do we pay", "please tell me", "so how long", "can I come", "I'd like to know"],
)
def test_a_question_or_wish_is_seen_as_one(clause: str) -> None:
    assert asks_something(clause)


@pytest.mark.parametrize("clause", ["we are a small school", "good morning", "our budget"])
def test_a_statement_is_not_taken_for_a_question(clause: str) -> None:
    assert not asks_something(clause)


def test_items_of_a_list_are_short() -> None:
    assert is_list_item("the training days")
    assert not is_list_item("the training days in spring")
