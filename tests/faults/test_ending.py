"""However `psqm serve` ends, its engine ends with it, soon."""

import signal
from pathlib import Path

import psutil
import pytest

from tests.conversation.running import Assistant, eventually, running
from tests.conversation.script import heard

SOON = 10.0


def family_of(assistant: Assistant) -> list[psutil.Process]:
    process = psutil.Process(assistant.process.pid)
    return [process, *process.children(recursive=True)]


def assert_gone(family: list[psutil.Process], seconds: float = SOON) -> None:
    _, alive = psutil.wait_procs(family, timeout=seconds)
    for process in alive:
        process.kill()
    assert not alive


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_ends_cleanly_and_leaves_no_orphan(assistant: Assistant, told: signal.Signals) -> None:
    family = family_of(assistant)
    assert len(family) == 2
    assistant.arrive().say("What does it cost?")
    assistant.process.send_signal(told)
    assert assistant.process.wait(SOON) == 0
    assert_gone(family)
    assert "Traceback" not in assistant.log.read_text()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_while_the_engine_starts_it_ends_as_cleanly(tmp_path: Path, told: signal.Signals) -> None:
    assistant = Assistant(tmp_path / "data")
    eventually(lambda: assistant.engine, 60, "the engine is starting")
    family = family_of(assistant)
    assistant.process.send_signal(told)
    assert assistant.process.wait(SOON) == 0
    assert_gone(family)
    assert not assistant.says_ready
    assert "Traceback" not in assistant.log.read_text()


def test_killed_while_the_engine_starts_it_takes_its_engine_along(tmp_path: Path) -> None:
    assistant = Assistant(tmp_path / "data")
    eventually(lambda: assistant.engine, 60, "the engine is starting")
    family = family_of(assistant)
    assistant.process.kill()
    assert_gone(family, 30)  # it looks at its standard input once its libraries are loaded


def test_killed_without_warning_it_takes_its_engine_along_and_forgets_nothing(assistant: Assistant) -> None:
    family = family_of(assistant)
    person = assistant.arrive()
    person.say("What is a hub?")
    said = person.history()
    assistant.process.kill()
    assistant.process.wait()
    assert_gone(family)
    with running(assistant.data_dir) as again:
        person.assistant = again
        assert person.history() == said
        assert heard(person.say("how many?")) == "ask/hub"
