"""Posts as Adaptive Cards: what Microsoft's schema takes, and nothing typed that becomes more than text."""

from typing import Any

import pytest
from jsonschema import ValidationError

from bot.channels.teams.cards import adaptive_card, card_of_words
from bot.posts.card import Action, Card
from tests.unit.teams.schemas import _validator, check_card

TYPED = [
    "[free prizes](https://evil.example)",
    "**bold** _and_ # heading\n- list",
    "<at>Everyone</at> <b>hi</b><script>alert(1)</script>",
    "{{DATE(2026-09-01T00:00:00Z, SHORT)}} {{TIME(2026-09-01T00:00:00Z)}}",
    "${school.name} ${{x}}",
    "\u202egnitrats \x00\x0b",
    "",
    "é" * 40_000,
    "\n".join(["line"] * 3_000),
]


def _card(typed: str) -> Card:
    actions = (
        Action("confirm", f"Confirm {typed}"[:300], "r-1", is_primary=True),
        Action("answer", "Answer", "q-1"),
        Action("take_over", "Take over", "q-1"),
        Action("open", "Open", href="https://assistant.example/desk"),
    )
    return Card(typed, (typed, typed), tuple((typed, typed) for _ in range(8)), (typed, typed), actions, typed)


def _texts(element: Any) -> list[dict[str, Any]]:
    """Everything in a card that shows a text."""
    if isinstance(element, list):
        return [found for each in element for found in _texts(each)]
    if not isinstance(element, dict):
        return []
    inner = [found for each in element.values() for found in _texts(each)]
    return [element, *inner] if "text" in element or element.get("type") in ("TextBlock", "FactSet") else inner


@pytest.mark.parametrize("typed", TYPED, ids=lambda typed: ascii(typed)[:20])
def test_a_card_is_as_the_schema_wants_it_whatever_was_typed(typed: str) -> None:
    card = adaptive_card(_card(typed))
    check_card(card)
    shown = _texts(card)
    assert {element["type"] for element in shown} == {"TextRun"}  # the one element that knows no Markdown
    assert not any("{{" in element["text"] for element in shown)


@pytest.mark.parametrize("typed", TYPED, ids=lambda typed: ascii(typed)[:20])
def test_words_with_choices_are_as_the_schema_wants_them(typed: str) -> None:
    card = card_of_words(typed, [("c-1", typed), ("c-2", "Yes")], [("The letter", "https://assistant.example/letter")])
    check_card(card)


def test_the_schema_notices_what_is_wrong() -> None:
    card = adaptive_card(_card("Fairview Primary"))
    card["body"][0]["inlines"][0]["weight"] = "Heaviest"
    with pytest.raises(ValidationError):
        _validator("adaptive-card-1.5.schema.json").validate(card)


def test_a_short_name_is_shown_as_it_is() -> None:
    card = adaptive_card(Card("New registration", fields=(("School", "St Mary's & [All] *Saints* <CE>"),)))
    assert card["body"][1]["inlines"][1]["text"] == "St Mary's & [All] *Saints* <CE>"


def test_the_answer_is_asked_for_in_the_card_and_may_be_as_long_as_a_message() -> None:
    asked = adaptive_card(_card("q"))["actions"][1]
    assert asked["type"] == "Action.ShowCard"
    assert asked["card"]["body"][0]["maxLength"] == 4_000
    assert asked["card"]["actions"][0]["verb"] == "answer"
    assert asked["card"]["actions"][0]["data"] == {"subject": "q-1"}


def test_no_more_buttons_than_teams_shows() -> None:
    card = card_of_words("Which one?", [(f"c-{number}", "School") for number in range(20)])
    assert len(card["actions"]) == 6
