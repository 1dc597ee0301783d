"""A new model beside the one that answers: what each makes of the practice questions, and what got better and worse."""

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, TypeAdapter

from bot.learning.examples import NOT_FOR_PEOPLE, topics
from bot.learning.teaching import Reading
from bot.training import ENGINE_PYTHON, ROOT, TrainingError

_COURTESIES = frozenset({"chat/greeting", "chat/thanks", "chat/goodbye"})
_ONE_IN = 20  # of the examples, where there are no practice questions

Change = Literal["better", "worse", "other"]


class PracticeQuestion(BaseModel):
    """A question and the topics that a careful person says it asks; ``also`` would serve as well."""

    text: str
    topics: tuple[str, ...]
    also: tuple[str, ...] = ()
    before: str | None = None

    def is_right(self, reading: Reading) -> bool:
        """Whether it is answered, with what is asked and nothing else."""
        if reading.certainty == "unsure":
            return False
        got = {topic for topic in reading.topics or ["out_of_scope"] if topic not in _COURTESIES}
        wanted = {topic for topic in self.topics if topic not in _COURTESIES}
        missing, extra = wanted - got, got - wanted
        return not extra - set(self.also) and len(missing) <= len(extra)


@dataclass(frozen=True, slots=True)
class Changed:
    """A question that the two models read differently."""

    text: str
    wanted: tuple[str, ...]
    before: str
    after: str
    change: Change


@dataclass(frozen=True, slots=True)
class Comparison:
    """``rights``: how many questions each gets right; ``by_topic``: the same for each topic where it differs."""

    asked: int
    rights: tuple[int, int]
    by_topic: dict[str, tuple[int, int]]
    changed: list[Changed]

    @property
    def better(self) -> list[Changed]:
        return [changed for changed in self.changed if changed.change == "better"]

    @property
    def others(self) -> list[Changed]:
        return [changed for changed in self.changed if changed.change == "other"]

    @property
    def worse(self) -> list[Changed]:
        return [changed for changed in self.changed if changed.change == "worse"]


def practice(root: Path = ROOT) -> tuple[list[PracticeQuestion], str]:
    """The questions to compare by, and a sentence that says which they are."""
    path = root / "tests" / "evaluation" / "practice.yml"
    if path.is_file():
        read = TypeAdapter(list[PracticeQuestion]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
        return read, f"the {len(read)} practice questions, which no model learned from"
    some = [
        PracticeQuestion(text=example, topics=(topic.name,))
        for topic in topics(root / "data" / "nlu").values()
        if topic.name not in NOT_FOR_PEOPLE
        for example in topic.examples[::_ONE_IN]
    ]
    says = f"{len(some)} of the examples, since there are no practice questions here: each model may have learned from them"
    return some, says


async def compare(old: Path, new: Path, questions: Sequence[PracticeQuestion]) -> Comparison:
    """Asks both models the same, one after the other. Raises TrainingError."""
    before = await read_by(old, questions)
    after = await read_by(new, questions)
    return compared(questions, before, after)


def compared(questions: Sequence[PracticeQuestion], before: Sequence[Reading], after: Sequence[Reading]) -> Comparison:
    """What two sets of readings of the same questions differ in."""
    rights = [0, 0]
    by_topic: dict[str, list[int]] = {}
    changed: list[Changed] = []
    for question, old, new in zip(questions, before, after, strict=True):
        was, now = question.is_right(old), question.is_right(new)
        rights[0], rights[1] = rights[0] + was, rights[1] + now
        for topic in question.topics:
            counts = by_topic.setdefault(topic, [0, 0])
            counts[0], counts[1] = counts[0] + was, counts[1] + now
        if said(old) != said(new):
            change: Change = "other" if was == now else "better" if now else "worse"
            changed.append(Changed(question.text, question.topics, said(old), said(new), change))
    moved = {topic: (old, new) for topic, (old, new) in sorted(by_topic.items()) if old != new}
    return Comparison(len(questions), (rights[0], rights[1]), moved, changed)


def said(reading: Reading) -> str:
    """What comes of it, in a few words."""
    if reading.certainty == "unsure":
        return "asks back"
    return ", ".join(reading.topics) or "out_of_scope"


async def read_by(model: Path, questions: Sequence[PracticeQuestion]) -> list[Reading]:
    """How ``model`` reads them, in a process of its own, so that nothing that answers people is slowed. Raises TrainingError."""
    if not ENGINE_PYTHON.exists():
        raise TrainingError("The engine's environment is missing: run `make setup`.")
    process = await asyncio.create_subprocess_exec(
        str(ENGINE_PYTHON), "-m", "bot.engine.serving.reading", "--model", str(ROOT / model),
        cwd=ROOT, env={**os.environ, "PYTHONWARNINGS": "ignore"},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    asked = [question.model_dump(include={"text", "before"}) for question in questions]
    out, said = await process.communicate(json.dumps(asked).encode())
    if process.returncode != 0:
        lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
        reason = lines[-1] if lines else f"exit code {process.returncode}"
        raise TrainingError(f"{model} cannot be read by the engine: {reason}")
    return TypeAdapter(list[Reading]).validate_json(out.splitlines()[-1])
