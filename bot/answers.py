"""What the assistant says on a topic: the responses of domain.yml joined with the facts they use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
import yaml

from bot.facts import Facts, FactsError

_log = structlog.get_logger(__name__)
_PLACEHOLDER = re.compile(r"\{([^\n{}]+?)\}")
OWN_TOPICS = Path("data/nlu/own")
"""Beside domain.yml: topics that were added without code, each a file with its examples and its response."""
GIVEN = "your_"
"""How the placeholders begin that no fact fills, but what a person told in the conversation."""


@dataclass(frozen=True)
class Answer:
    """A response's name and its variants, the facts that fill them, and what is shown beside them."""

    response: str
    texts: tuple[str, ...]
    values: Mapping[str, str]
    links: list[dict[str, str]]
    source: dict[str, str] | None


class Answers:
    """Every response, checked to be filled by the facts there are."""

    def __init__(self, facts: Facts, responses: Mapping[str, list[dict[str, Any]]]) -> None:
        """``responses``: as in domain.yml, a list of variants (with a ``text``) for each name.

        Raises:
            FactsError: if a response uses a fact that is not there.
        """
        self._answers = {name: _answer(name, variants, facts) for name, variants in responses.items()}

    @classmethod
    def load(cls, facts: Facts, domain_path: Path) -> "Answers":
        """Reads the responses of the domain file and of the topics in OWN_TOPICS beside it.

        Raises:
            FactsError: if the file cannot be read, or a response uses a fact that is not there.
        """
        try:
            domain = yaml.safe_load(domain_path.read_text(encoding="utf-8"))
            return cls(facts, domain["responses"] | own_responses(domain_path.parent / OWN_TOPICS))
        except (OSError, yaml.YAMLError, TypeError, KeyError, AttributeError) as error:
            raise FactsError(f"{domain_path}: its responses cannot be read: {' '.join(str(error).split())}") from None

    def on(self, topic: str) -> Answer | None:
        """The answer on ``topic`` ("ask/cost"), or None where there is none."""
        return self._answers.get(f"utter_{topic}")

    def wording(self, topic: str) -> str:
        """The first variant of a response that facts alone fill, word for word; raises KeyError where there is none."""
        answer = self._answers[f"utter_{topic}"]
        return answer.texts[0].format(**answer.values)


class CurrentAnswers:
    """The answers, read again when the files in OWN_TOPICS are others; one that cannot be read changes nothing."""

    def __init__(self, facts: Facts, domain_path: Path) -> None:
        """Raises FactsError, as ``Answers.load``."""
        self._facts = facts
        self._domain_path = domain_path
        self._files = self._own_files()
        self._answers = Answers.load(facts, domain_path)

    def now(self) -> Answers:
        """The answers as the files are now."""
        try:
            files = self._own_files()
            if files != self._files:
                self._files = files
                self._answers = Answers.load(self._facts, self._domain_path)
        except (OSError, FactsError):
            _log.warning("the answers of own topics cannot be read: those of before hold")
        return self._answers

    def _own_files(self) -> tuple[tuple[str, int], ...]:
        files = sorted((self._domain_path.parent / OWN_TOPICS).glob("*.yml"))
        return tuple((path.name, path.stat().st_mtime_ns) for path in files)


def own_responses(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The responses of the files in ``folder``, if there is one. Raises what reading YAML raises."""
    responses: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(folder.glob("*.yml")):
        responses |= yaml.safe_load(path.read_text(encoding="utf-8")).get("responses") or {}
    return responses


def _answer(name: str, variants: list[dict[str, Any]], facts: Facts) -> Answer:
    named = dict.fromkeys(key for variant in variants for key in _PLACEHOLDER.findall(variant["text"]))
    used = [key for key in named if not key.startswith(GIVEN)]
    for key in used:
        if key not in facts.facts:
            raise FactsError(
                f"facts.yml: the fact '{key}' is missing, which '{name}' in domain.yml uses. Add it under 'facts:'."
            )
    links = [link for key in used if (link := facts.facts[key].link)]
    states_facts = any(facts.facts[key].link is None and not key.startswith("scheme_") for key in used)
    source = {"title": facts.source.title, "checked": facts.source.checked.isoformat()} if states_facts else None
    return Answer(
        name, tuple(variant["text"] for variant in variants), {key: facts.said(key) for key in used}, links, source
    )
