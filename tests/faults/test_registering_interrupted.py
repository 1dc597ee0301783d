"""Whatever is killed or locked in the middle of the registration form, it goes on where it was, and registers once."""

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.conversation.hubs_and_schools import furnish
from tests.conversation.running import Assistant, Person, eventually, running
from tests.conversation.script import converse, heard

TO_THE_SUMMARY = [
    ("put us down", "form/begin + form/ask_school"),
    ("Foulds School", "form/school_noted + form/ask_person"),
    ("Ann Lee, head", "form/ask_contact"),
    ("ann@foulds.barnet.sch.uk", "form/summary + form/hub_offered + form/consent"),
]
BACK_WITHIN = 60.0


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    furnish(tmp_path / "data")
    with running(tmp_path / "data") as ready:
        yield ready


def registrations(data_dir: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(data_dir / "psqm.db")) as connection:
        return connection.execute("SELECT school_name, state FROM registration").fetchall()


@contextmanager
def locked(assistant: Assistant) -> Iterator[None]:
    """Holds the service's database for itself."""
    with closing(sqlite3.connect(assistant.data_dir / "psqm.db", isolation_level=None, timeout=10)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


def registered_in_the_end(person: Person) -> None:
    body = {"text": "yes please", "id": "the-yes"}
    done = eventually(lambda: r if (r := person.post(**body)).status == 200 else None, BACK_WITHIN, "an answer")
    assert heard(done.messages) == "form/done_held"


def test_the_database_is_locked_while_the_place_is_taken(assistant: Assistant) -> None:
    person = assistant.arrive()
    converse(person, TO_THE_SUMMARY)
    engine = assistant.engine
    assert engine is not None
    with locked(assistant):
        assert person.post(text="yes please", id="the-yes").status == 503
        assert registrations(assistant.data_dir) == []
    registered_in_the_end(person)
    assert registrations(assistant.data_dir) == [("Foulds School", "interested")]


def test_the_engine_dies_in_the_middle_of_the_form(assistant: Assistant) -> None:
    person = assistant.arrive()
    converse(person, TO_THE_SUMMARY)
    engine = assistant.engine
    assert engine is not None
    engine.send_signal(signal.SIGKILL)
    registered_in_the_end(person)
    assert registrations(assistant.data_dir) == [("Foulds School", "interested")]


def test_everything_is_started_anew_and_the_form_is_where_it_was(assistant: Assistant) -> None:
    person = assistant.arrive()
    converse(person, TO_THE_SUMMARY[:-1])
    assistant.stop()
    with running(assistant.data_dir) as again:
        back = Person(again, [], person.session)
        converse(back, [TO_THE_SUMMARY[-1], ("yes please", "form/done_held")])
    assert registrations(assistant.data_dir) == [("Foulds School", "interested")]


def test_the_answer_is_lost_after_the_place_was_taken(assistant: Assistant) -> None:
    """As if the service had died between taking the place and keeping the answer: the engine has said it, nobody has it."""
    person = assistant.arrive()
    converse(person, TO_THE_SUMMARY)
    first = person.post(text="yes please", id="the-yes").messages
    with closing(sqlite3.connect(assistant.data_dir / "psqm.db", isolation_level=None, timeout=10)) as connection:
        connection.execute("UPDATE message SET answered_at = NULL WHERE client_id = 'the-yes'")
        connection.execute("DELETE FROM message WHERE answers = (SELECT n FROM message WHERE client_id = 'the-yes')")
    again = person.post(text="yes please", id="the-yes").messages
    assert [message["text"] for message in again] == [message["text"] for message in first]
    assert registrations(assistant.data_dir) == [("Foulds School", "interested")]
