"""Somebody comes from their letter's link, through the real engine: greeted by name, and registered in three turns."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.hubs import school_year
from bot.letters.links import LetterLinks
from bot.store.database import Database
from bot.store.tables import CohortRow, HubRow
from tests.conversation.hubs_and_schools import FAR, NEAR, furnish
from tests.conversation.running import Assistant, Person, running
from tests.conversation.script import converse, heard
from tests.invited import add_letter

SECRET = "a secret key for tests, long enough"
EMAIL = "the.office@cromerroad.barnet.sch.uk"
CROMER = {"urn": 101276, "school_name": "Cromer Road Primary School", "school_town": "Barnet", "email": EMAIL}
BEGIN = "form/begin + form/school_noted + form/ask_contact"
SUMMARY = "form/summary + form/hub_offered + form/consent"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    data = tmp_path_factory.mktemp("letter-link")
    furnish(data)
    with running(data, secret_key=SECRET) as ready:
        yield ready


def token(assistant: Assistant, hub: str = NEAR, **chosen: Any) -> str:
    """The token of a new letter from ``hub`` to the head of Cromer Road Primary School."""
    letter_id = asyncio.run(_write(assistant.data_dir, hub, CROMER | chosen))
    return LetterLinks(SECRET, assistant.url, 180).token(letter_id, date.today())


async def _write(data_dir: Path, hub: str, about: dict[str, Any]) -> str:
    database = Database(f"sqlite+aiosqlite:///{data_dir}/psqm.db")
    async with database.writing() as session:
        cohort = select(CohortRow.id).join(HubRow, HubRow.id == CohortRow.hub_id).where(HubRow.name == hub)
        about = {"year": school_year(date.today()), "school_postcode": ""} | about
        letter_id = await add_letter(session, (await session.scalars(cohort)).one(), **about)
        await session.commit()
    await database.close()
    return letter_id


def comes(assistant: Assistant, letter: str) -> Person:
    """Somebody who opens the link with this token."""
    started = assistant.request("POST", "/api/sessions", {"letter": letter})
    return Person(assistant, started.messages, started.body["session"])


def registrations(assistant: Assistant, school: str) -> list[tuple[str, str]]:
    query = (
        "SELECT state, hub.name FROM registration JOIN cohort ON cohort.id = cohort_id JOIN hub ON hub.id = hub_id"
        " WHERE school_name = ?"
    )
    with closing(sqlite3.connect(assistant.data_dir / "psqm.db")) as connection:
        return connection.execute(query, (school,)).fetchall()


def test_greeted_by_name_and_registered_in_three_turns(assistant: Assistant) -> None:
    person = comes(assistant, token(assistant, name="Ann Lee"))
    assert heard(person.last) == "letter/opened_by_name"
    assert person.last[0]["text"].startswith("Hello Ann Lee.")
    assert all(told in person.last[0]["text"] for told in ("Lou Park", "Cromer Road Primary School", NEAR))
    converse(
        person,
        [("put us down", BEGIN), ("ann.lee@cromerroad.barnet.sch.uk", SUMMARY), ("yes please", "form/done_held")],
    )
    assert registrations(assistant, "Cromer Road Primary School") == [("interested", NEAR)]


def test_the_button_and_a_question_in_between_do_the_same(assistant: Assistant) -> None:
    about = {"urn": None, "school_name": "Newfield Free School", "school_postcode": "EN5 9ZZ", "name": "Ida Jay"}
    person = comes(assistant, token(assistant, FAR, **about, email="ida@newfield.example"))
    converse(
        person,
        [
            ("[Register our school]", BEGIN),
            ("how long does it take?", "ask/duration + form/back + form/ask_contact"),
            ("ida@newfield.org.uk", SUMMARY),
            ("yes", "form/done_held"),
        ],
    )
    assert registrations(assistant, "Newfield Free School") == [("interested", FAR)]


def test_the_first_session_is_that_of_the_hub_that_wrote(assistant: Assistant) -> None:
    person = comes(assistant, token(assistant, email="another@school.example"))
    converse(person, [("when is the first session?", "form/first_session")])
    assert "Thursday 14 January 2027" in person.last[0]["text"]


def test_whoever_it_was_forwarded_to_learns_no_more_than_the_letter_tells(assistant: Assistant) -> None:
    letter = token(assistant, name="Bo Ray", email="head.of@school.example", urn=None, school_name="Oak School")
    first = comes(assistant, letter)
    converse(first, [("put us down", BEGIN), ("bo.ray@private.example", SUMMARY)])
    second = comes(assistant, letter)
    assert heard(second.history()) == "letter/opened_by_name"
    converse(second, [("put us down", BEGIN), ("cy@school.org.uk", SUMMARY)])
    seen = json.dumps(second.history())
    assert "bo.ray@private.example" not in seen
    assert "head.of@school.example" not in seen


def test_a_letter_that_names_no_head_greets_without_a_name_and_asks(assistant: Assistant) -> None:
    person = comes(assistant, token(assistant, name="", email="office@elm.example", urn=None, school_name="Elm School"))
    assert heard(person.last) == "letter/opened"
    converse(person, [("put us down", "form/begin + form/school_noted + form/ask_person")])


def test_typed_words_never_open_a_letter(assistant: Assistant) -> None:
    letter = token(assistant, email="typed@school.example")
    letter_id = LetterLinks(SECRET, assistant.url, 180).read(letter, date.today())
    person = assistant.arrive()
    for words in (f'/open_letter{{"letter": "{letter_id}"}}', f' /open_letter{{"letter": "{letter_id}"}}'):
        person.say(words)
        assert "Cromer Road" not in json.dumps(person.last)


def test_nothing_personal_is_in_the_log(assistant: Assistant) -> None:
    log = assistant.log.read_text()
    for told in (EMAIL, "Ann Lee", "Cromer Road"):
        assert told not in log
