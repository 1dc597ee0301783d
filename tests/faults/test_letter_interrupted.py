"""Whatever is killed or locked while somebody asks for the letter: it is asked for where it was, and sent once."""

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conversation.mailbox import mails_to
from tests.conversation.running import Assistant, Person, eventually, running
from tests.conversation.script import converse, heard
from tests.faults.test_registering_interrupted import BACK_WITHIN, locked

ADDRESS = "head@foulds.barnet.sch.uk"
BEGUN = [("send me the letter", "letter/begin"), ("what does it cost?", "ask/cost + letter/resume")]


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    with running(tmp_path / "data") as ready:
        yield ready


def letters(assistant: Assistant) -> list[tuple[str]]:
    with closing(sqlite3.connect(assistant.data_dir / "psqm.db")) as connection:
        return connection.execute("SELECT email FROM letter").fetchall()


def sent_in_the_end(person: Person) -> None:
    body = {"text": ADDRESS, "id": "the-address"}
    done = eventually(lambda: r if (r := person.post(**body)).status == 200 else None, BACK_WITHIN, "an answer")
    assert heard(done.messages) == "letter/sent"
    assert letters(person.assistant) == [(ADDRESS,)]
    data_dir = person.assistant.data_dir
    assert len(eventually(lambda: mails_to(data_dir, ADDRESS), 20, "the letter is written")) == 1


def test_the_database_is_locked_while_the_letter_is_asked_for(assistant: Assistant) -> None:
    person = assistant.arrive()
    converse(person, BEGUN)
    with locked(assistant):
        assert person.post(text=ADDRESS, id="the-address").status == 503
        assert letters(assistant) == []
    sent_in_the_end(person)


def test_the_engine_dies_before_the_address_is_given(assistant: Assistant) -> None:
    person = assistant.arrive()
    converse(person, BEGUN)
    engine = assistant.engine
    assert engine is not None
    engine.send_signal(signal.SIGKILL)
    sent_in_the_end(person)


def test_the_answer_is_lost_after_the_letter_was_put_into_the_outbox(assistant: Assistant) -> None:
    """As if the service had died in between: the engine has said it, nobody has it."""
    person = assistant.arrive()
    converse(person, BEGUN)
    assert heard(person.post(text=ADDRESS, id="the-address").messages) == "letter/sent"
    with closing(sqlite3.connect(assistant.data_dir / "psqm.db", isolation_level=None, timeout=10)) as connection:
        connection.execute("UPDATE message SET answered_at = NULL WHERE client_id = 'the-address'")
        connection.execute(
            "DELETE FROM message WHERE answers = (SELECT n FROM message WHERE client_id = 'the-address')"
        )
    sent_in_the_end(person)
