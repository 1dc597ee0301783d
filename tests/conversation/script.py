"""Conversations as a reader reads them: what a person said, and which answers that got."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.answers import Answers
from bot.facts import Facts, load_facts
from tests.conversation.running import ROOT, Person


@cache
def the_facts() -> Facts:
    return load_facts(ROOT / "facts.yml")


@cache
def responses() -> dict[str, list[dict[str, Any]]]:
    """The responses of domain.yml, by name without "utter_" (``ask/cost``)."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return {name.removeprefix("utter_"): variants for name, variants in domain["responses"].items()}


@cache
def choice_labels() -> dict[str, str]:
    """What the clarifying question calls each topic."""
    labels = {}
    for path in sorted(Path(ROOT / "data/nlu").glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if "label" in entry.get("metadata", {}):
                labels[entry["intent"]] = entry["metadata"]["label"]
    return labels


def texts(topic: str, facts: Facts | None = None) -> list[str]:
    """Every text in which the assistant may answer ``topic``."""
    facts = facts or the_facts()
    answer = Answers(facts, {f"utter_{topic}": responses()[topic]}).on(topic)
    assert answer is not None
    return [_said(variant["text"].format(**answer.values)) for variant in responses()[topic]]


@cache
def _topics_by_text() -> dict[str, str]:
    return {text: topic for topic in responses() for text in texts(topic)}


def heard(messages: list[dict[str, Any]]) -> str:
    """The topics of an answer, as a script writes them: ``ask/cost + ask/hub``."""
    return " + ".join(_topics_by_text().get(_said(message["text"]), repr(message["text"])) for message in messages)


def converse(person: Person, script: list[tuple[str, str]]) -> None:
    """Goes through a conversation; ``[What it costs]`` presses that button, all else is typed.

    The order of several answers is that of the questions.
    """
    for said, expected in script:
        answer = person.choose(said[1:-1]) if said.startswith("[") and said.endswith("]") else person.say(said)
        assert heard(answer) == expected, f"{said!r} got {heard(answer)}"


def offered(messages: list[dict[str, Any]]) -> list[str]:
    """The labels of the choices that an answer offers."""
    return [choice["label"] for message in messages for choice in message.get("choices", [])]


def each_once(history: list[dict[str, Any]]) -> bool:
    """Whether messages are numbered without gap, and no line of a person's is there twice."""
    lines = Counter(message["text"] for message in history if message["from"] == "you")
    return [message["n"] for message in history] == list(range(1, len(history) + 1)) and set(lines.values()) <= {1}


def _said(text: str) -> str:
    return " ".join(text.split())
