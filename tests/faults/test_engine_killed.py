"""The engine dies in the middle of a turn: a polite text within two seconds, one answer once it is back."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import pytest

from tests.conversation.running import Assistant, Person, Response, eventually, running
from tests.conversation.script import assert_each_once, converse, heard, the_facts

POLITE_WITHIN = 2.0
BACK_WITHIN = 60.0


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """One for all tests here: each leaves it as well as it found it, which is what they are about."""
    with running(tmp_path_factory.mktemp("killed")) as ready:
        yield ready


@pytest.fixture
def person(assistant: Assistant) -> Person:
    return assistant.arrive()


def engine_of(assistant: Assistant) -> psutil.Process:
    """The engine's process as soon as there is one."""
    engine: psutil.Process = eventually(lambda: assistant.engine, BACK_WITHIN, "the engine is started again")
    return engine


def kill_in_the_middle(assistant: Assistant, person: Person, **body: Any) -> Response:
    """Posts a message, and kills the engine once it has the message and before it answers; returns what came of it."""
    engine = engine_of(assistant)
    kept = len(person.history())
    engine.send_signal(signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        posted = pool.submit(person.post, **body)
        eventually(lambda: len(person.history()) > kept, 5, "the message is kept")
        assert not posted.done()
        engine.send_signal(signal.SIGKILL)
        return posted.result(POLITE_WITHIN)


def assert_polite(response: Response) -> None:
    assert (response.status, response.body["type"]) == (503, "/problems/unavailable")
    assert the_facts().scheme_email in response.body["detail"]
    assert "Traceback" not in str(response.body)


def assert_alive_without_engine(assistant: Assistant) -> None:
    assert assistant.process.poll() is None
    assert assistant.request("GET", "/healthz").status == 200
    assert assistant.request("GET", "/readyz").status == 503


def answered_in_the_end(person: Person, **body: Any) -> Response:
    """Retries the same message until it is answered; every refusal before is polite and quick."""

    def retried() -> Response | None:
        response = person.post(**body)
        if response.status == 200:
            return response
        assert_polite(response)
        assert response.seconds < POLITE_WITHIN
        return None

    answered: Response = eventually(retried, BACK_WITHIN, "the message is answered")
    return answered


def test_the_conversation_goes_on_where_it_was_after_the_engine_is_back(assistant: Assistant, person: Person) -> None:
    converse(person, [("What is a hub?", "ask/hub")])
    engine_of(assistant).kill()
    assert heard(answered_in_the_end(person, text="how many?", id="after").messages) == "ask/hub"


def test_new_sessions_and_messages_are_refused_politely_while_the_engine_starts(
    assistant: Assistant, person: Person
) -> None:
    engine_of(assistant).kill()
    refused = eventually(
        lambda: r if (r := assistant.request("POST", "/api/sessions", {})).status == 503 else None, 2, "503"
    )
    assert_polite(refused)
    assert refused.seconds < POLITE_WITHIN
    assert_polite(person.post(text="What does it cost?"))
    eventually(assistant.is_answering, BACK_WITHIN, "ready again")
    assert heard(assistant.arrive().say("What does it cost?")) == "ask/cost"


@pytest.mark.timeout(60)
def test_a_stuck_engine_does_not_hold_a_person_for_longer_than_the_timeout(
    assistant: Assistant, person: Person
) -> None:
    engine = engine_of(assistant)
    engine.send_signal(signal.SIGSTOP)
    body = {"text": "What does it cost?", "id": "stuck"}
    refused = person.post(**body)
    assert_polite(refused)
    assert refused.seconds < float(assistant.environment.get("PSQM_ENGINE_TIMEOUT", "8")) + POLITE_WITHIN
    engine.send_signal(signal.SIGCONT)
    assert heard(answered_in_the_end(person, **body).messages) == "ask/cost"
    assert_each_once(person.history())


@pytest.mark.timeout(240)
def test_killed_again_and_again_every_message_gets_exactly_one_answer(assistant: Assistant, person: Person) -> None:
    questions = ["What does it cost?", "What is a hub?", "How do we join?"]
    for number, question in enumerate(questions):
        body = {"text": question, "id": f"kill-{number}"}
        assert_polite(kill_in_the_middle(assistant, person, **body))
        assert_alive_without_engine(assistant)
        first = answered_in_the_end(person, **body)
        assert person.post(**body).messages == first.messages
        eventually(assistant.is_answering, BACK_WITHIN, "ready again")
    lines = [message["text"] for message in person.history() if message["from"] == "you"]
    assert lines == questions
    assert_each_once(person.history())
    answers = [message for message in person.history() if message["from"] == "assistant"]
    assert heard(answers) == "chat/welcome + ask/cost + ask/hub + ask/joining"
