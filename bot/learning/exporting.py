"""Approved questions become examples: each is added to the file of its topic in data/nlu, once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.learning.examples import NOT_OURS, ExamplesUnreadable, Topic, added, same, topics
from bot.learning.reviewing import Review


@dataclass(frozen=True, slots=True)
class Left:
    """An approved question that does not become an example, and why."""

    review: Review
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is written: the examples by topic and file; ``left`` is not."""

    new: Mapping[Topic, list[Review]]
    left: Sequence[Left]


def plan(reviews: Sequence[Review], nlu: Path, kept_apart: Collection[str] = ()) -> Plan:
    """Which of ``reviews`` go where; ``kept_apart`` are questions that judge the understanding and must never teach it.

    Raises ExamplesUnreadable.
    """
    known = topics(nlu)
    taught = {same(example) for topic in known.values() for example in topic.examples}
    judging = {same(question) for question in kept_apart}
    new: dict[Topic, list[Review]] = {}
    left: list[Left] = []
    for review in reviews:
        topic = known.get(review.topic or NOT_OURS)
        words = same(review.text)
        if topic is None:
            left.append(Left(review, f"there is no topic {review.topic} any more"))
        elif words in judging:
            left.append(Left(review, "it is one of the questions that judge the assistant"))
        elif words in taught or not words:
            left.append(Left(review, "it is an example already"))
        else:
            taught.add(words)
            new.setdefault(topic, []).append(review)
    return Plan(new, left)


def write(planned: Plan) -> None:
    """Adds the examples to their files. Raises ExamplesUnreadable, with no file half written."""
    for topic, reviews in planned.new.items():
        try:
            text = added(topic.path.read_text(encoding="utf-8"), topic.name, [review.text for review in reviews])
            yaml.safe_load(text)
            beside = topic.path.with_suffix(".yml.new")
            beside.write_text(text, encoding="utf-8")
            beside.replace(topic.path)
        except (OSError, ValueError, yaml.YAMLError) as error:
            raise ExamplesUnreadable(f"{topic.path} cannot be written: {' '.join(str(error).split())}") from None


def kept_apart(root: Path) -> list[str]:
    """The questions of tests/evaluation below ``root``: none where an installation has no tests."""
    questions: list[str] = []
    for path in sorted((root / "tests" / "evaluation").glob("*.yml")):
        questions += [str(entry["text"]) for entry in yaml.safe_load(path.read_text(encoding="utf-8"))]
    return questions
