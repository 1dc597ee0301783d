"""Conversations as a reader reads them: what a person said, and which answers that got."""

import re
from collections import Counter
from functools import cache
from typing import Any

import yaml

from bench.topics import Topics, rendered
from bot.answers import GIVEN
from bot.facts import Facts, load_facts
from tests.conversation.running import ROOT, Person

type Script = list[tuple[str, str]]


@cache
def topics() -> Topics:
    return Topics.load(ROOT)


@cache
def the_facts() -> Facts:
    return load_facts(ROOT / "facts.yml")


@cache
def responses() -> dict[str, list[dict[str, Any]]]:
    """The responses of domain.yml, by name without "utter_" (``ask/cost``)."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return {name.removeprefix("utter_"): variants for name, variants in domain["responses"].items()}


def said_on(topic: str, facts: Facts) -> list[str]:
    """Every text in which the assistant answers ``topic`` with these facts."""
    return [rendered(variant["text"], facts) for variant in responses()[topic]]


def heard(messages: list[dict[str, Any]]) -> str:
    """The topics of an answer, as a script writes them: ``ask/cost + ask/hub``. Words of no response stand as they are."""
    return " + ".join(_response_of(message["text"]) for message in messages)


def _response_of(text: str) -> str:
    if name := topics().by_text.get(text):
        return name
    return next((name for name, pattern in _filled_responses() if pattern.fullmatch(text)), repr(text))


@cache
def _filled_responses() -> list[tuple[str, re.Pattern[str]]]:
    """The responses that tell something of the person's own, and what their texts look like, the longest first."""
    found = []
    for name, variants in responses().items():
        for variant in variants:
            if "{" + GIVEN in variant["text"]:
                text = re.sub(rf"\\{{{GIVEN}\w+\\}}", "(?s:.+)", re.escape(variant["text"].strip()))
                text = re.sub(r"\\\{(\w+)\\\}", lambda match: re.escape(the_facts().said(match[1])), text)
                found.append((name, re.compile(text)))
    return sorted(found, key=lambda entry: -len(entry[1].pattern))


def offered(messages: list[dict[str, Any]]) -> list[str]:
    """The labels of the choices that an answer offers."""
    return [choice["label"] for message in messages for choice in message.get("choices", [])]


def converse(person: Person, script: Script) -> None:
    """Goes through a conversation of (said, expected) pairs; ``[What it costs]`` presses that button, all else is typed."""
    for said, expected in script:
        answer = person.choose(said[1:-1]) if said.startswith("[") and said.endswith("]") else person.say(said)
        assert heard(answer) == expected, f"{said!r} got {heard(answer)}"


def assert_each_once(history: list[dict[str, Any]]) -> None:
    """Messages are numbered without a gap, and no line of a person's is there twice."""
    assert [message["n"] for message in history] == list(range(1, len(history) + 1))
    lines = Counter(message["text"] for message in history if message["from"] == "you")
    assert all(count == 1 for count in lines.values()), lines
