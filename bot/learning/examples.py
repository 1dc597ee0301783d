"""The example questions of data/nlu: read as Rasa reads them, and added to without touching what stands there."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

NOT_OURS = "out_of_scope"
NOT_FOR_PEOPLE = ("several", "affirm", "deny")
"""Intents whose examples are marked up, or mean nothing by themselves: no single question is filed there."""
_WITHOUT_LABEL = {"register": "Register a school", "send_letter": "Send the letter", "person": "Speak to a person"}
_MARKED = re.compile(r"\[([^\]]*)\]\{[^}]*\}")
_OUTSIDE_WORDS = re.compile(r"[^a-z0-9]+")


class ExamplesUnreadable(Exception):
    """A file of examples cannot be read or written; the text is one sentence that says which and why."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of data/nlu: its name (``ask/cost``), its label, the file that its examples are added to, and all of them."""

    name: str
    label: str
    path: Path
    examples: tuple[str, ...]


def topics(folder: Path) -> dict[str, Topic]:
    """All topics below ``folder`` by name; raises ExamplesUnreadable."""
    found: dict[str, Topic] = {}
    for path in sorted(folder.rglob("*.yml")):
        for entry in _entries(path):
            name, new = str(entry["intent"]), tuple(_lines(entry))
            known = found.get(name)
            # The file of a topic has its examples alone; files of follow-ups and lookalikes hold some of many topics.
            home = path if known is None or _is_home(path, name) else known.path
            label = _label(entry, name) or (known.label if known else "") or _named(name)
            found[name] = Topic(name, label, home, (known.examples if known else ()) + new)
    return found


def same(text: str) -> str:
    """What two examples have in common that differ in blanks, capitals and punctuation only."""
    return _OUTSIDE_WORDS.sub(" ", text.casefold()).strip()


def added(text: str, intent: str, new: Iterable[str]) -> str:
    """The file ``text`` with ``new`` examples at the end of the block of ``intent``; raises ValueError without such a block."""
    lines = text.splitlines(keepends=True)
    start = next((i for i, line in enumerate(lines) if re.fullmatch(rf"- intent: {re.escape(intent)}\s*", line)), None)
    if start is None:
        raise ValueError(f"there are no examples of {intent}")
    last = start
    indent = "    "
    for i in range(start + 1, len(lines)):
        if re.match(r"\S", lines[i]) and not lines[i].startswith("#"):
            break
        if found := re.match(r"(\s+)- ", lines[i]):
            last, indent = i, found[1]
    if last == start:
        raise ValueError(f"there are no examples of {intent}")
    if not lines[last].endswith("\n"):
        lines[last] += "\n"
    return "".join([*lines[: last + 1], *(f"{indent}- {example}\n" for example in new), *lines[last + 1 :]])


def _entries(path: Path) -> tuple[Mapping[str, Any], ...]:
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError) as error:
        raise ExamplesUnreadable(f"{path} cannot be read: {' '.join(str(error).split())}") from None


@lru_cache(maxsize=500)  # files; reading all of them anew takes seconds
def _read(path: Path, _changed: int) -> tuple[Mapping[str, Any], ...]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    entries = yaml.load(path.read_text(encoding="utf-8"), loader)["nlu"]  # noqa: S506  (a safe loader, and a quick one)
    return tuple(entry for entry in entries if "intent" in entry)


def _lines(entry: Mapping[str, Any]) -> Iterator[str]:
    for line in str(entry.get("examples", "")).splitlines():
        if line.strip().startswith("- "):
            yield _MARKED.sub(r"\1", line.strip()[2:])


def _label(entry: Mapping[str, Any], name: str) -> str:
    return str((entry.get("metadata") or {}).get("label") or _WITHOUT_LABEL.get(name, ""))


def _named(name: str) -> str:
    return name.rpartition("/")[2].replace("_", " ").capitalize()


def _is_home(path: Path, name: str) -> bool:
    return path.stem == name.rpartition("/")[2]
