"""The running engine takes a new model: conversations go on over it, and nobody waits."""

import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conversation.running import ROOT, Assistant, eventually, running

SECRET = "a secret for the engine, long enough"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with running(tmp_path_factory.mktemp("new-model"), engine_secret=SECRET) as ready:
        yield ready


def call(assistant: Assistant, path: str, secret: str = SECRET, body: bytes = b"{}") -> int:
    url = f"http://127.0.0.1:{assistant.environment['PSQM_ENGINE_PORT']}/webhooks/teaching/{path}"
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=90) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def times_loaded(assistant: Assistant) -> int:
    return assistant.log.read_text().count("Answering with model")


def test_a_registration_goes_on_over_the_new_model_and_messages_meanwhile_are_answered(assistant: Assistant) -> None:
    registering = assistant.arrive()
    registering.say("please register our school")
    assert registering.last[-1]["expects"] == "school"
    asking = assistant.arrive()
    loaded = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(call, assistant, "model")
        loading.add_done_callback(lambda _: loaded.set())
        answered = 0
        while not loaded.is_set() or answered < 2:
            assert asking.say("what does it cost?")[-1]["rating"] == "open"
            answered += 1
        assert loading.result() == 200
    assert answered >= 2
    eventually(lambda: times_loaded(assistant) == 1, 5, "the engine says that it answers with the new model")
    answer = registering.say("Fairview Primary School")  # the form goes on, and is no question
    assert answer[-1]["rating"] == "none"
    assert "cost" not in answer[-1]["text"]
    assert registering.say("stop")
    assert asking.say("what does it cost?")[-1]["rating"] == "open"


def test_nobody_without_the_secret_changes_the_model_or_reads_with_it(assistant: Assistant) -> None:
    before = times_loaded(assistant)
    assert [call(assistant, path, secret="guessed") for path in ("model", "read")] == [401, 401]
    assert call(assistant, "read", body=b'{"texts": "no list"}') == 400
    assert times_loaded(assistant) == before


def test_a_damaged_model_is_refused_and_the_one_before_goes_on(tmp_path: Path) -> None:
    for name in ("psqm.tar.gz", "psqm.fingerprint.json"):
        shutil.copy(ROOT / "models" / name, tmp_path / name)
    with running(tmp_path / "data", engine_secret=SECRET, model_path=tmp_path / "psqm.tar.gz") as assistant:
        (tmp_path / "psqm.tar.gz").write_bytes(b"half a model")
        assert call(assistant, "model") == 409
        assert assistant.arrive().say("what does it cost?")[-1]["rating"] == "open"
