"""Somebody else holds the database: the person reads a polite text and gets one answer once it is free."""

import signal
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

from tests.conversation.running import Assistant, Person, Response, eventually
from tests.conversation.script import assert_each_once, heard, the_facts

RETRY_WITHIN = 20.0
BODY = {"text": "What does it cost?", "id": "locked"}


@contextmanager
def locked(assistant: Assistant) -> Iterator[None]:
    """Holds the service's database for itself."""
    with closing(sqlite3.connect(assistant.data_dir / "psqm.db", isolation_level=None, timeout=10)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


def assert_polite(response: Response) -> None:
    assert response.status == 503
    assert the_facts().scheme_email in response.body["detail"]
    assert "locked" not in str(response.body)


def assert_one_answer(person: Person) -> None:
    answered = eventually(lambda: r if (r := person.post(**BODY)).status == 200 else None, RETRY_WITHIN, "an answer")
    assert heard(answered.messages) == "ask/cost"
    assert [message["text"] for message in person.history() if message["from"] == "you"] == [BODY["text"]]
    assert_each_once(person.history())


def test_locked_before_a_message_and_locked_before_its_answer(assistant: Assistant) -> None:
    person = assistant.arrive()
    with locked(assistant):
        refused = person.post(**BODY)
        assert refused.seconds < 10
        assert_polite(refused)
        assert assistant.request("GET", "/healthz").status == 200
        assert person.history(), "reading needs no lock"
    assert_one_answer(person)

    # The second time it is locked while the engine thinks, so that the answer cannot be kept.
    person = assistant.arrive()
    engine = assistant.engine
    assert engine is not None
    before = len(person.history())
    engine.send_signal(signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        posted = pool.submit(person.post, **BODY)
        eventually(lambda: len(person.history()) > before, 5, "the message is kept")
        with locked(assistant):
            engine.send_signal(signal.SIGCONT)
            assert_polite(posted.result(20))
    assert_one_answer(person)
