"""A school is registered in conversation, through the real engine, on real schools, down to the mails."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.conversation.hubs_and_schools import FAR, NEAR, furnish
from tests.conversation.mailbox import mails_to, text_of
from tests.conversation.running import Assistant, Person, eventually, running
from tests.conversation.script import converse, heard, offered

ASK_PERSON = "form/school_noted + form/ask_person"
SUMMARY = "form/summary + form/hub_offered + form/consent"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    data = tmp_path_factory.mktemp("registering")
    furnish(data)
    with running(data) as ready:
        yield ready


@pytest.fixture
def person(assistant: Assistant) -> Person:
    return assistant.arrive()


def rows(assistant: Assistant, query: str) -> list[Any]:
    with closing(sqlite3.connect(assistant.data_dir / "psqm.db")) as connection:
        return connection.execute(query).fetchall()


def test_from_nothing_known_to_the_confirmation_in_at_most_seven_turns(assistant: Assistant, person: Person) -> None:
    script = [
        ("put us down for it", "form/begin + form/ask_school"),
        ("Livingstone Primary in Barnet", ASK_PERSON),
        ("Ann Lee, headteacher", "form/ask_contact"),
        ("ann.lee@livingstone.barnet.sch.uk", SUMMARY),
        ("yes please", "form/done_held"),
    ]
    assert len(script) <= 7
    converse(person, script)
    (registered,) = rows(assistant, "SELECT school_name, state, conversation_id FROM registration WHERE urn = 101289")
    assert registered[:2] == ("Livingstone Primary and Nursery School", "interested")
    consent = rows(
        assistant, "SELECT wording FROM consent JOIN person ON person.id = person_id WHERE email LIKE 'ann.lee@%'"
    )
    assert "may keep these details" in consent[0][0]
    (confirmation,) = eventually(lambda: mails_to(assistant.data_dir, "ann.lee@"), 10, "the confirmation is written")
    text = text_of(confirmation)
    assert "Livingstone Primary and Nursery School" in text
    assert re.search(rf"{re.escape(assistant.url)}/r/\S+", text)
    assert [part.get_content_type() for part in confirmation.iter_attachments()] == ["text/calendar"]
    (to_leader,) = eventually(lambda: mails_to(assistant.data_dir, "lou.park@"), 10, "the leader is told")
    assert "Ann Lee" in text_of(to_leader)
    converse(person, [("when is the first session?", "form/first_session")])
    assert "Thursday 14 January 2027" in person.last[0]["text"]


def test_one_sentence_says_nearly_everything(person: Person) -> None:
    converse(
        person,
        [
            (
                "We'd like to sign up. Bo Ray, science lead at Cromer Road Primary, bo@cromer.barnet.sch.uk",
                "form/begin + " + SUMMARY,
            ),
            ("that's right, go ahead", "form/done_held"),
        ],
    )


def test_a_question_beside_the_wish_to_register_is_answered_first(person: Person) -> None:
    converse(person, [("What does it cost? And please sign our school up.", "ask/cost + form/begin + form/ask_school")])


def test_questions_in_between_are_answered_and_nothing_is_asked_twice(person: Person) -> None:
    converse(
        person,
        [
            ("please register our school", "form/begin + form/ask_school"),
            ("how long does it take?", "ask/duration + form/back + form/ask_school"),
            ("and what does it cost?", "ask/cost + form/back + form/ask_school"),
            ("[Who could pay for it]", "ask/funding + form/back + form/ask_school"),
            ("Trent CofE Primary, EN4 9JH", ASK_PERSON),
            ("is there any VAT on the fee?", "open/vat + form/back + form/ask_person"),
            ("Cy Dunn, head", "form/ask_contact"),
            ("why do you need my email?", "form/why_contact + form/ask_contact"),
            ("cy@trent.barnet.sch.uk", SUMMARY),
            ("who leads the hub?", "ask/hub_leader + form/back + form/consent"),
            ("stop", "form/stopped"),
            ("What is a hub?", "ask/hub"),
        ],
    )


def test_the_second_person_of_a_school_joins_the_first(assistant: Assistant) -> None:
    for name, outcome, hub in (
        ("di", "form/done_held", "form/hub_offered"),
        ("ed", "form/done_joined", "form/school_there"),
    ):
        person = assistant.arrive()
        converse(
            person,
            [
                ("sign us up", "form/begin + form/ask_school"),
                ("Moss Hall Junior School, N12 8PE", ASK_PERSON),
                (f"{name.title()} Fox, teacher", "form/ask_contact"),
                (f"{name}@mosshall.barnet.sch.uk", f"form/summary + {hub} + form/consent"),
                ("[Yes, register us]", outcome),
            ],
        )
    name = "Moss Hall Junior School"
    (count,) = rows(assistant, f"SELECT count(*) FROM registration WHERE school_name = '{name}'")
    assert count == (1,)


def test_another_hub_can_be_chosen_and_a_name_mended(assistant: Assistant, person: Person) -> None:
    converse(
        person,
        [
            ("put us down", "form/begin + form/ask_school"),
            ("Coppetts Wood Primary School", ASK_PERSON),
            ("Flo Hart, bursar", "form/ask_contact"),
            ("flo@gmial.com", "form/email_meant"),
            ("yes", SUMMARY),
            ("[Change something]", "form/ask_change"),
            ("[The hub]", "form/ask_hub"),
        ],
    )
    far = next(label for label in offered(person.last) if label.startswith(FAR))
    converse(
        person,
        [
            (f"[{far}]", SUMMARY),
            ("my name is wrong", "form/ask_name"),
            ("Florence Hart", SUMMARY),
            ("yes", "form/done_held"),
        ],
    )
    assert FAR in person.last[0]["text"] and NEAR not in person.last[0]["text"]
    assert rows(assistant, "SELECT name FROM person WHERE email = 'flo@gmail.com'") == [("Florence Hart",)]


def test_left_for_later_it_is_taken_up_where_it_was(person: Person) -> None:
    converse(
        person,
        [
            ("register us please", "form/begin + form/ask_school"),
            ("Foulds School", ASK_PERSON),
            ("I'll finish this later", "form/later"),
            ("What does it cost?", "ask/cost"),
            ("put us down for it", "form/resume + form/ask_person"),
            ("Gus Holt, governor", "form/ask_contact"),
        ],
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Queen Elizabeth's Girls' School, Barnet", "form/school_not_primary"),
        ("Ashmole Academy", "form/school_not_primary"),
        ("qqqq zzzz", "form/again_school"),
        ("I don't know", "form/help_school"),
    ],
)
def test_a_school_that_cannot_be_taken_gets_the_truth_and_a_way_on(person: Person, said: str, expected: str) -> None:
    converse(person, [("put us down", "form/begin + form/ask_school"), (said, expected), ("Foulds School", ASK_PERSON)])


def test_a_school_that_is_in_no_register_is_entered_by_hand(assistant: Assistant, person: Person) -> None:
    converse(
        person,
        [
            ("put us down", "form/begin + form/ask_school"),
            ("it isn't in the list", "form/ask_by_hand"),
            ("Newfield Free School, Barnet, EN5 9ZZ", ASK_PERSON),
            ("Ida Jay, head, ida@newfield.org.uk", "form/summary + form/hub_offered + form/consent"),
            ("yes", "form/done_held"),
        ],
    )
    assert rows(assistant, "SELECT by_hand FROM registration WHERE school_name = 'Newfield Free School'") == [(1,)]


def test_a_retried_yes_registers_once_and_is_answered_alike(assistant: Assistant, person: Person) -> None:
    converse(
        person,
        [
            ("put us down", "form/begin + form/ask_school"),
            ("Whitings Hill Primary School", ASK_PERSON),
            ("Kai Moor, head", "form/ask_contact"),
            ("kai@whitings.barnet.sch.uk", SUMMARY),
        ],
    )
    first, again = (person.post(text="yes", id="the-yes").messages for _ in range(2))
    assert heard(first) == "form/done_held"
    assert again == first
    assert len(rows(assistant, "SELECT id FROM registration WHERE school_name LIKE 'Whitings%'")) == 1


def test_nothing_personal_is_in_the_log(assistant: Assistant) -> None:
    log = assistant.log.read_text()
    assert rows(assistant, "SELECT email FROM person"), "people have registered before"
    for name, address in rows(assistant, "SELECT name, email FROM person"):
        assert name not in log
        assert address not in log
