"""An action raises: the person reads a polite text, can retry, and gets one answer once it works again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversation.running import ROOT, Assistant, running
from tests.conversation.script import assert_each_once, converse, heard, the_facts

# Stands before the project's own package, takes its modules, and fails while a file is there.
PACKAGE = """
from pathlib import Path

__path__ = [{actions!r}]

import actions.answer

answers = actions.answer.utter_topic


def utter_or_fail(*arguments, **fields):
    if Path({mark!r}).exists():
        raise RuntimeError("the action fails")
    answers(*arguments, **fields)


actions.answer.utter_topic = utter_or_fail
"""


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """While this file is there, actions fail."""
    return tmp_path / "actions fail"


@pytest.fixture
def assistant(tmp_path: Path, mark: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    package = tmp_path / "before" / "actions"
    package.mkdir(parents=True)
    source = PACKAGE.format(actions=str(ROOT / "actions"), mark=str(mark))
    (package / "__init__.py").write_text(source, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{package.parent}:{ROOT}")
    with running(tmp_path / "data") as ready:
        yield ready


def test_a_failing_action_is_a_polite_refusal_and_one_answer_later(assistant: Assistant, mark: Path) -> None:
    person = assistant.arrive()
    converse(person, [("What is a hub?", "ask/hub")])
    mark.touch()
    for _ in range(2):
        refused = person.post(text="What does it cost?", id="fails")
        assert (refused.status, refused.body["type"]) == (503, "/problems/unavailable")
        assert the_facts().scheme_email in refused.body["detail"]
        assert "the action fails" not in str(refused.body)
        assert refused.seconds < 2
    assert assistant.request("GET", "/healthz").status == 200
    assert "the action fails" in assistant.log.read_text()

    mark.unlink()
    answered = person.post(text="What does it cost?", id="fails")
    assert heard(answered.messages) == "ask/cost"
    assert person.post(text="What does it cost?", id="fails").messages == answered.messages
    assert [message["text"] for message in person.history() if message["from"] == "you"] == [
        "What is a hub?",
        "What does it cost?",
    ]
    assert_each_once(person.history())
    converse(person, [("How do we join?", "ask/joining")])
