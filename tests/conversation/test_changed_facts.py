"""A changed facts.yml changes every answer that states the fact, with the next start."""

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.facts import Facts, load_facts
from tests.conversation.running import ROOT, Assistant, running
from tests.conversation.script import responses, said_on, the_facts

CHANGED: dict[str, dict[str, Any]] = {
    "fee": {"pounds": 742.5},
    "training_days": {"number": 37},
    "hub_schools": {"number": 41},
    "duration": {"text": "nineteen months"},
    "award_levels": {"choice": ["jade", "onyx", "opal"]},
    "ofsted_published": {"text": "May 1999"},
    "website": {"web": "changed.example.org"},
    "email": {"email": "changed@example.org"},
}
SECRET = "a secret of the engine for this test"
_USED = re.compile(r"\{(\w+)\}")


@pytest.fixture(scope="module")
def changed_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    content = yaml.safe_load((ROOT / "facts.yml").read_text(encoding="utf-8"))
    content["facts"] |= CHANGED
    path = tmp_path_factory.mktemp("facts") / "facts.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def changed(changed_path: Path) -> Facts:
    return load_facts(changed_path)


@pytest.fixture(scope="module")
def changed_assistant(changed_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with running(tmp_path_factory.mktemp("changed"), facts_path=changed_path, engine_secret=SECRET) as ready:
        yield ready


def answer_on(assistant: Assistant, topic: str) -> dict[str, Any]:
    """What the engine answers when a button on ``topic`` was pressed, whether any answer offers that button or not."""
    intent, _, name = topic.partition("/")
    choice = f'/{intent}{{"topic": "{name}"}}' if name else f"/{intent}"
    body = json.dumps({"conversation": f"about {topic}", "message": "m", "choice": choice}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{assistant.environment['PSQM_ENGINE_PORT']}/webhooks/psqm/message",
        body,
        {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        (message,) = json.loads(response.read())["messages"]
    return dict(message)


def topics_that_state(fact: str) -> list[str]:
    return [
        topic
        for topic, variants in responses().items()
        if topic.partition("/")[0] in {"ask", "open"}
        and any(fact in _USED.findall(variant["text"]) for variant in variants)
    ]


@pytest.mark.parametrize("fact", CHANGED)
def test_every_answer_that_states_a_fact_states_the_changed_one(
    changed_assistant: Assistant, changed: Facts, fact: str
) -> None:
    topics = topics_that_state(fact)
    assert topics
    for topic in topics:
        text = answer_on(changed_assistant, topic)["text"]
        assert text in said_on(topic, changed)
        assert text not in said_on(topic, the_facts()) or len(responses()[topic]) > 1


def test_a_changed_address_changes_the_links_as_well(changed_assistant: Assistant) -> None:
    links = answer_on(changed_assistant, "ask/contact")["links"]
    assert [link["href"] for link in links] == ["https://changed.example.org", "mailto:changed@example.org"]


def test_a_person_in_the_chat_reads_the_changed_fee(changed_assistant: Assistant, changed: Facts) -> None:
    (answer,) = changed_assistant.arrive().say("What does it cost?")
    assert "£742.50" in answer["text"]
    assert changed_assistant.request("GET", "/api/config").body["email"] == "changed@example.org"
