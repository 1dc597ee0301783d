"""Topics that an administrator adds without code: an answer and example questions, kept as one file that Rasa reads."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, cast

import yaml
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import private_numbers
from bot.answers import Answers
from bot.facts import Facts, FactsError
from bot.learning.examples import Topic, same
from bot.learning.teaching import Reading
from bot.staff import audit
from bot.staff.member import Doing, Member, NotAllowed
from bot.store.tables import OwnTopicRow

State = Literal["draft", "training", "live", "failed"]

FEWEST, MOST = 5, 200
"""Example questions of a topic."""
LONGEST_ANSWER, LONGEST_EXAMPLE, LONGEST_LABEL = 1000, 300, 40
_SLUG = re.compile(r"[a-z][a-z0-9_]{2,39}")


class TopicRefused(ValueError):
    """The text is one sentence or more, a line each, for whoever writes the topic."""


@dataclass(frozen=True, slots=True)
class OwnTopic:
    """A topic of one's own. ``slug`` names it (``newsletter`` is ``ask/newsletter``); ``label`` is what a choice says.

    ``problem`` says what went wrong, or what to look at.
    """

    slug: str
    label: str
    answer: str
    examples: tuple[str, ...]
    state: State = "draft"
    problem: str = ""
    updated_at: datetime | None = None
    live_at: datetime | None = None

    @property
    def name(self) -> str:
        """As topics are named elsewhere."""
        return f"ask/{self.slug}"


def slug_of(label: str) -> str:
    """A name made from a label: "Our newsletter" is ``our_newsletter``."""
    words = re.sub(r"[^a-z0-9]+", "_", label.casefold()).strip("_")
    return (words if words[:1].isalpha() else f"topic_{words}")[:40].strip("_")


def check(topic: OwnTopic, known: Mapping[str, Topic], facts: Facts) -> None:
    """Raises TopicRefused with everything that has to be mended. ``known``: the topics that there are (``examples.topics``)."""
    problems = [*_about_name(topic, known), *_about_answer(topic, facts), *_about_examples(topic, known)]
    if problems:
        raise TopicRefused("\n".join(problems))


def overlaps(topic: OwnTopic, readings: Sequence[Reading], labels: Mapping[str, str]) -> list[str]:
    """Sentences about examples that the assistant takes for another topic now; ``readings`` in the order of the examples."""
    found = []
    for example, reading in zip(topic.examples, readings, strict=True):
        others = [asked for asked in reading.topics if asked not in (topic.name, "out_of_scope")]
        if reading.certainty == "sure" and others:
            found.append(f"“{example}” is answered with “{labels.get(others[0], others[0])}” today.")
    return found


def as_file(topic: OwnTopic) -> str:
    """The file that Rasa and the service read: examples, label and response."""
    head = (
        f"# Written at the desk: {topic.label}. Change it there.\n"
        f'version: "3.1"\nnlu:\n- intent: {topic.name}\n  metadata:\n'
        f"    label: {_quoted(topic.label)}\n    subject: {_quoted(topic.label.lower())}\n  examples: |\n"
    )
    examples = "".join(f"    - {example}\n" for example in topic.examples)
    return f"{head}{examples}responses:\n  utter_{topic.name}:\n  - text: {_quoted(topic.answer)}\n"


def from_file(path: Path) -> OwnTopic:
    """A topic from a file of that form. Raises TopicRefused."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        [entry] = content["nlu"]
        slug = str(entry["intent"]).removeprefix("ask/")
        examples = tuple(line.strip()[2:] for line in entry["examples"].splitlines() if line.strip().startswith("- "))
        [variant] = content["responses"][f"utter_ask/{slug}"]
        return OwnTopic(slug, str(entry["metadata"]["label"]), str(variant["text"]), examples)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError):
        raise TopicRefused(f"{path} is no file of a topic: docs/learning.md has one to copy.") from None


async def save(session: AsyncSession, doing: Doing, topic: OwnTopic, now: datetime) -> None:
    """Keeps a checked topic as a draft, new or changed. Raises NotAllowed, and TopicRefused while it is being trained."""
    doing.member.check(None)
    values = {
        "label": topic.label,
        "answer": topic.answer,
        "examples": list(topic.examples),
        "state": "draft",
        "problem": "",
        "by": doing.member.ref,
        "updated_at": now,
    }
    kept = await session.scalar(select(OwnTopicRow.state).where(OwnTopicRow.slug == topic.slug).with_for_update())
    if kept == "training":
        raise TopicRefused("This topic is being trained just now: please wait until that has ended.")
    if kept is None:
        await session.execute(insert(OwnTopicRow).values(slug=topic.slug, live_at=None, **values))
    else:
        await session.execute(update(OwnTopicRow).where(OwnTopicRow.slug == topic.slug).values(**values))
    await audit.write(session, doing, "topic written", ("topic", topic.slug), now, detail=topic.label)


async def listed(session: AsyncSession, member: Member) -> list[OwnTopic]:
    """All of them by label; raises NotAllowed."""
    member.check(None)
    return [_read(row) for row in await session.scalars(select(OwnTopicRow).order_by(OwnTopicRow.label))]


async def own_topic(session: AsyncSession, member: Member, slug: str) -> OwnTopic:
    """One of them; raises NotAllowed."""
    member.check(None)
    row = await session.get(OwnTopicRow, slug)
    if row is None:
        raise NotAllowed
    return _read(row)


def _about_name(topic: OwnTopic, known: Mapping[str, Topic]) -> list[str]:
    if not topic.label.strip() or len(topic.label) > LONGEST_LABEL or "\n" in topic.label:
        return [f"Please give the topic a name of at most {LONGEST_LABEL} characters."]
    if not _SLUG.fullmatch(topic.slug):
        return ["Please give the topic a name with at least three letters."]
    there = known.get(topic.name)
    if there is not None and there.path.parent.name != "own":
        return [f"There is a topic {topic.name} already: please choose another name."]
    labels = {same(other.label): name for name, other in known.items() if name != topic.name}
    return [f"The topic {labels[same(topic.label)]} has this name already."] if same(topic.label) in labels else []


def _about_answer(topic: OwnTopic, facts: Facts) -> list[str]:
    if not topic.answer.strip():
        return ["Please write the answer."]
    problems = []
    if len(topic.answer) > LONGEST_ANSWER:
        problems.append(f"The answer has {len(topic.answer)} characters: at most {LONGEST_ANSWER} are read to the end.")
    if number := private_numbers.find(topic.answer):
        problems.append(f"The answer holds what looks like a {number}: please take it out.")
    try:
        answers = Answers(facts, {f"utter_{topic.name}": [{"text": topic.answer}]})
        answers.wording(topic.name)
    except (FactsError, KeyError, ValueError, IndexError):
        names = ", ".join(f"{{{name}}}" for name in list(facts.facts)[:3])
        problems.append(f"A placeholder in braces names no fact of facts.yml: {names} do, for example.")
    return problems


def _about_examples(topic: OwnTopic, known: Mapping[str, Topic]) -> list[str]:
    problems = []
    if not FEWEST <= len({same(example) for example in topic.examples if same(example)}) <= MOST:
        problems.append(f"Please write {FEWEST} to {MOST} example questions, one a line, that differ in their words.")
    elsewhere = {
        same(example): other for other in known.values() if other.name != topic.name for example in other.examples
    }
    for example in topic.examples:
        if len(example) > LONGEST_EXAMPLE:
            problems.append(f"“{example[:40]}…” is longer than {LONGEST_EXAMPLE} characters.")
        elif example.startswith("/") or any(mark in example for mark in "[]{}"):
            problems.append(f"“{example}” begins with a slash or holds brackets: please write it in words.")
        elif other := elsewhere.get(same(example)):
            problems.append(f"“{example}” is an example of “{other.label}” already.")
        elif private_numbers.find(example) or "@" in example:
            problems.append(f"“{example}” holds a number or an address that tells of somebody.")
    return problems


def _quoted(text: str) -> str:
    """As one line of YAML, whatever it holds."""
    written: str = yaml.safe_dump(text, allow_unicode=True, default_style='"', width=10**6)
    return written.strip()


def _read(row: OwnTopicRow) -> OwnTopic:
    state = cast(State, row.state)
    return OwnTopic(
        row.slug, row.label, row.answer, tuple(row.examples), state, row.problem, row.updated_at, row.live_at
    )
