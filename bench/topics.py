"""What the assistant's words tell of the topics behind them: the chat API does not name those."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

from bot.answers import GIVEN
from bot.engine.annotated import unmarked
from bot.facts import Facts, load_facts

ROOT = Path(__file__).resolve().parent.parent
ASKED_BACK = "unsure"  # the response that asks which of its choices was meant
_PLACEHOLDER = re.compile(r"\{([^\n{}]+?)\}")


@dataclass(frozen=True)
class Topics:
    """Texts and labels by topic, and the facts that each answer states.

    ``by_text`` has the names of responses that are no topic as well ("unsure"). ``known``: every topic of data/nlu.
    """

    by_text: Mapping[str, str]
    by_label: Mapping[str, str]
    stated: Mapping[str, frozenset[str]]
    known: frozenset[str]

    @classmethod
    def load(cls, root: Path = ROOT) -> Self:
        """Reads domain.yml, facts.yml and the names of data/nlu.

        Raises:
            ValueError: if two responses or two labels are the same, so that an answer cannot be told from another.
            FactsError: if the facts cannot be read.
        """
        facts = load_facts(root / "facts.yml")
        responses = yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8"))["responses"]
        by_text: dict[str, str] = {}
        stated: dict[str, frozenset[str]] = {}
        for name, variants in responses.items():
            topic = str(name).removeprefix("utter_")
            used = {key for variant in variants for key in _PLACEHOLDER.findall(variant["text"])}
            if any(key.startswith(GIVEN) for key in used):
                continue  # what a person told fills it: no evaluation question gets so far
            for variant in variants:
                _add(by_text, rendered(variant["text"], facts), topic)
            stated[topic] = frozenset(key for key in used if not _says_where_to_ask(key, facts))
        entries = examples(root / "data" / "nlu")
        return cls(by_text, _labels(entries), stated, frozenset(entry["intent"] for entry in entries))

    def covers(self, answered: str, wanted: str) -> bool:
        """Whether the answer on ``answered`` states every fact of the one on ``wanted``, and there is one.

        What the letter leaves open is never covered: a fact beside it does not say that the letter doesn't say.
        """
        facts = self.stated.get(wanted, frozenset())
        return wanted.startswith("ask/") and bool(facts) and facts <= self.stated.get(answered, frozenset())


def rendered(text: str, facts: Facts) -> str:
    """``text`` with its facts, as a person reads it."""
    return _PLACEHOLDER.sub(lambda match: facts.said(match[1]), text).strip()


def examples(folder: Path = ROOT / "data" / "nlu") -> list[dict[str, Any]]:
    """The example questions of every file, one entry ``{intent, examples, metadata?}`` a topic and file."""
    files = sorted(folder.glob("*.yml"))
    return [entry for path in files for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]]


def lines(entry: Mapping[str, Any]) -> list[str]:
    """The example questions of one entry of ``examples``, without marks."""
    return [
        unmarked(line.strip().removeprefix("- "))[0] for line in str(entry["examples"]).splitlines() if line.strip()
    ]


def _labels(entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    by_label: dict[str, str] = {}
    for entry in entries:
        if label := entry.get("metadata", {}).get("label"):
            _add(by_label, label, entry["intent"])
    return by_label


def _add(names: dict[str, str], words: str, topic: str) -> None:
    if names.setdefault(words, topic) != topic:
        raise ValueError(f"{topic} and {names[words]} are said in the same words")


def _says_where_to_ask(name: str, facts: Facts) -> bool:
    return facts.facts[name].link is not None or name.startswith("scheme_")
