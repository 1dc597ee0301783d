"""A head hands a question over, through the real engine: offered where the assistant cannot help, passed on as agreed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.conversation.hubs_and_schools import furnish
from tests.conversation.running import Assistant, Person, running
from tests.conversation.script import converse, heard, offered


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    data = tmp_path_factory.mktemp("handing-over")
    furnish(data)
    with running(data) as ready:
        yield ready


@pytest.fixture
def person(assistant: Assistant) -> Person:
    return assistant.arrive()


def questions(assistant: Assistant) -> list[tuple[Any, ...]]:
    """Reason, words, whether it is the office's, what may be read, address; the newest first."""
    query = "SELECT reason, text, hub_id IS NULL, shares_from, email FROM question ORDER BY created_at DESC"
    with closing(sqlite3.connect(assistant.data_dir / "psqm.db")) as connection:
        return connection.execute(query).fetchall()


def test_a_person_is_asked_for_and_the_question_before_goes_to_them(assistant: Assistant, person: Person) -> None:
    converse(
        person,
        [
            ("Is VAT added to the fee?", "open/vat"),
            ("I'd rather talk to a person", "handover/consent"),
            ("[Yes, with our conversation]", "handover/ask_reach"),
            ("head@fairview.sch.uk", "handover/passed_on"),
        ],
    )
    assert "the scheme's office has your question" in person.last[0]["text"]
    assert questions(assistant)[0] == ("asked_for_person", "Is VAT added to the fee?", 1, 1, "head@fairview.sch.uk")
    converse(person, [("What does it cost?", "ask/cost")])


def test_what_the_letter_leaves_open_is_offered_to_a_person(assistant: Assistant, person: Person) -> None:
    converse(
        person,
        [
            ("Do we get our money back if we drop out?", "open/refunds"),
            ("[Ask a person]", "handover/consent"),
            ("what does it cost?", "ask/cost + handover/consent"),
            ("just my question", "handover/ask_reach"),
            ("[Here is fine]", "handover/passed_on_here"),
        ],
    )
    assert questions(assistant)[0] == ("left_open", "Do we get our money back if we drop out?", 1, None, "")


def test_two_misses_in_a_row_offer_a_person_and_a_yes_takes_it_up(assistant: Assistant, person: Person) -> None:
    assert heard(person.say("how do I bake a chocolate cake")) == "out_of_scope"
    assert heard(person.say("who won the football last night")) == "out_of_scope + handover/offer"
    assert "Ask a person" in offered(person.last)
    converse(person, [("yes please", "handover/consent"), ("[No, leave it]", "handover/stopped")])


def test_an_answer_between_two_misses_starts_the_count_anew(person: Person) -> None:
    converse(
        person,
        [
            ("how do I bake a chocolate cake", "out_of_scope"),
            ("What does it cost?", "ask/cost"),
            ("who won the football last night", "out_of_scope"),
        ],
    )


def test_a_registration_that_has_begun_goes_on_after_a_person_was_asked(assistant: Assistant, person: Person) -> None:
    person.say("register us")
    answer = person.say("can I talk to a real person?")
    assert heard(answer).startswith("person + ")
    converse(
        person,
        [
            ("[Ask a person]", "handover/begin"),
            ("Can two small schools share one place?", "handover/consent"),
            ("yes", "handover/ask_reach"),
            ("here is fine", "handover/passed_on_here"),
        ],
    )
    assert heard(person.say("register us")).startswith("form/")


def test_a_complaint_offers_a_person_and_two_useless_answers_give_the_address(person: Person) -> None:
    person.say("What does it cost?")
    assert heard(person.say("that's wrong, you didn't answer my question")) == "chat/complaint"
    converse(
        person,
        [
            ("[Ask a person]", "handover/consent"),
            ("purple bananas", "handover/again_consent"),
            ("seventeen", "handover/help"),
        ],
    )


def test_what_was_understood_is_kept_beside_the_persons_words(assistant: Assistant, person: Person) -> None:
    person.say("What does it cost?")
    person.choose("Who could pay for it")
    with closing(sqlite3.connect(assistant.data_dir / "psqm.db")) as connection:
        rows = connection.execute(
            "SELECT json_extract(understood, '$.certainty'), json_extract(understood, '$.topics[0]') FROM message"
            " WHERE sender = 'you' ORDER BY rowid DESC LIMIT 2"
        ).fetchall()
    assert rows == [(None, None), ("sure", "ask/cost")], "typed words have a reading, a choice needs none"
