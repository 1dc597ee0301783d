"""How the desk says topics: with their labels in data/nlu, so that ``ask/cost`` is "What it costs"."""

import re
from functools import lru_cache
from pathlib import Path

from bot.training import ROOT

_EXAMPLES = ROOT / "data" / "nlu"
_LEFT_OPEN = "open"
# Two lines of each file are read, and not all of its YAML, which takes half a second for all files.
_INTENT_OR_LABEL = re.compile(r"^(?:- intent:|    label:)[ \t]*(.+?)[ \t]*$", re.MULTILINE)


def topic_name(topic: str) -> str:
    """A topic in words, and whether the letter leaves it open."""
    if topic == "out_of_scope":
        return "None of ours"
    kind, _, slug = topic.rpartition("/")
    words = slug.replace("_", " ").replace("-", " ").strip()
    named = _labels(_changed()).get(topic) or words[:1].upper() + words[1:]
    return f"{named} (the letter leaves it open)" if kind == _LEFT_OPEN else named


def _changed() -> tuple[int, ...]:
    """Changes when a file is added or replaced: topics of one's own come while the service runs."""
    folders = (_EXAMPLES, _EXAMPLES / "own")
    return tuple(folder.stat().st_mtime_ns for folder in folders if folder.is_dir())


@lru_cache(maxsize=1)
def _labels(_changed: tuple[int, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(_EXAMPLES.rglob("*.yml")):
        found |= _labels_in(path)
    return found


def _labels_in(path: Path) -> dict[str, str]:
    found, intent = {}, ""
    for line in _INTENT_OR_LABEL.finditer(path.read_text("utf-8")):
        if line[0].startswith("-"):
            intent = line[1]
        else:
            found[intent] = line[1].strip("'\"")
    return found
