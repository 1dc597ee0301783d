"""Writes the peer's project: the default files of `rasa init` with our examples, responses and facts in them."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bench.topics import ROOT, examples, lines
from bot.answers import Answers
from bot.facts import load_facts

_BUTTON = re.compile(r'^/(\w+)\{"topic": "(\w+)"\}$')
_VERSION = "3.1"

# `rasa init` gives three short stories too. Without any, its story policies would have nothing to learn.
_STORIES = {
    "a question": ["chat/greeting", "ask/cost", "chat/thanks", "chat/goodbye"],
    "two questions": ["ask/what_is_psqm", "ask/support", "chat/thanks"],
    "an open question": ["chat/greeting", "open/vat", "ask/contact", "chat/goodbye"],
}
# A rule beside those of the intents: the fallback of the default pipeline.
_FALLBACK = "nlu_fallback"

_ENDPOINTS = """\
action_endpoint:
  url: ${BENCH_ACTIONS_URL}
tracker_store:
  type: SQL
  dialect: sqlite
  db: ${BENCH_TRACKER_DB}
"""
_CREDENTIALS = "rest:\n"


def files(root: Path = ROOT, default_config: str = "", epochs: int | None = None) -> dict[str, str]:
    """The project's files by relative path. ``default_config``: the pipeline and policies that Rasa takes by default.

    ``epochs``: another number of training epochs than the default, for a quick try.
    """
    responses = yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8"))["responses"]
    entries = examples(root / "data" / "nlu")
    intents = sorted({entry["intent"] for entry in entries})
    return {
        "config.yml": _config(default_config, epochs),
        "domain.yml": _as_yaml(_domain([_plain(intent) for intent in intents], responses)),
        "data/nlu.yml": _as_yaml({"version": _VERSION, "nlu": _nlu(entries)}),
        "data/rules.yml": _as_yaml({"version": _VERSION, "rules": _rules([*map(_plain, intents), _FALLBACK])}),
        "data/stories.yml": _as_yaml({"version": _VERSION, "stories": _stories()}),
        "endpoints.yml": _ENDPOINTS,
        "credentials.yml": _CREDENTIALS,
        "answers.json": json.dumps(_answers(root, intents), ensure_ascii=False, indent=1),
        "actions.py": (Path(__file__).parent / "actions.py").read_text(encoding="utf-8"),
    }


def learnt_from(files: Mapping[str, str]) -> dict[str, str]:
    """What of the project's files a training learns from: not the words of the answers."""
    domain = yaml.safe_load(files["domain.yml"])
    names = json.dumps({**domain, "responses": sorted(domain["responses"])}, sort_keys=True)
    return {
        "domain": names,
        **{name: files[name] for name in ("config.yml", *(n for n in files if n.startswith("data/")))},
    }


def _config(default_config: str, epochs: int | None) -> str:
    config = yaml.safe_load(default_config)
    config["assistant_id"] = "peer"
    for component in [*config["pipeline"], *config["policies"]]:
        if epochs is not None and "epochs" in component:
            component["epochs"] = epochs
    return _as_yaml(config)


def _domain(intents: list[str], responses: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    slot = {"influence_conversation": False, "mappings": [{"type": "custom"}]}
    return {
        "version": _VERSION,
        "intents": intents,
        "slots": {"topic": {"type": "text", **slot}, "offered": {"type": "list", **slot}},
        "actions": ["action_answer"],
        "responses": {
            _plain(name): [_variant(variant) for variant in variants] for name, variants in responses.items()
        },
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def _variant(variant: dict[str, Any]) -> dict[str, Any]:
    buttons = [
        {"title": button["title"], "payload": _BUTTON.sub(r"/\1_\2", button["payload"])}
        for button in variant.get("buttons", [])
    ]
    return {"text": variant["text"], **({"buttons": buttons} if buttons else {})}


def _nlu(entries: list[dict[str, Any]]) -> list[dict[str, str]]:
    by_intent: dict[str, list[str]] = {}
    for entry in entries:
        by_intent.setdefault(_plain(entry["intent"]), []).extend(lines(entry))
    return [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in by_intent.items()
    ]


def _rules(intents: list[str]) -> list[dict[str, Any]]:
    return [{"rule": f"answer {intent}", "steps": _asked_and_answered(intent)} for intent in intents]


def _stories() -> list[dict[str, Any]]:
    return [
        {"story": name, "steps": [step for topic in topics for step in _asked_and_answered(_plain(topic))]}
        for name, topics in _STORIES.items()
    ]


def _asked_and_answered(intent: str) -> list[dict[str, str]]:
    return [{"intent": intent}, {"action": "action_answer"}]


def _answers(root: Path, topics: list[str]) -> dict[str, Any]:
    known = Answers.load(load_facts(root / "facts.yml"), root / "domain.yml")
    answers = {topic: answer for topic in topics if (answer := known.on(topic))}
    return {
        _plain(topic): {
            "topic": topic,
            "response": _plain(answer.response),
            "values": dict(answer.values),
            "links": answer.links,
            "source": answer.source,
        }
        for topic, answer in answers.items()
    }


def _plain(name: str) -> str:
    """The peer has no retrieval intents: ``ask/cost`` is its intent ``ask_cost``."""
    return name.replace("/", "_")


def _as_yaml(content: Any) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000)
