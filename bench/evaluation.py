"""Evaluation questions, and the judging of what they were answered: no files, no network.

Nothing here repeats a question's text, not even in an error: whoever works on the understanding must not read the
judging questions.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

Kind = Literal["direct", "oblique", "misspelt", "compound", "follow_up", "near_miss", "out_of_scope"]
KINDS: tuple[Kind, ...] = get_args(Kind)
OUT_OF_SCOPE = "out_of_scope"
# Said beside a question they carry nothing to answer.
COURTESIES = frozenset({"chat/greeting", "chat/thanks", "chat/goodbye"})

# Whether the answer on the first topic states all that the answer on the second one does.
type Covers = Callable[[str, str], bool]


class QuestionsError(Exception):
    """A file of questions is not well-formed: says which entry (counted from 1) and why, without quoting it."""


class Question(BaseModel):
    """One question with the topics that a careful person says it asks, in order.

    ``also``: topics whose answer would serve as well. ``before``: what a follow-up follows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1)
    kind: Kind
    topics: tuple[str, ...] = Field(min_length=1)
    also: tuple[str, ...] = ()
    before: str | None = None

    @property
    def in_scope(self) -> bool:
        """Whether the assistant should answer it."""
        return self.topics != (OUT_OF_SCOPE,)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The topics to be answered: courtesies count only when there is nothing else."""
        return tuple(topic for topic in self.topics if topic not in COURTESIES) or self.topics


@dataclass(frozen=True)
class Answered:
    """What came back: the topics answered in order, or the topics offered as choices when it asked which was meant."""

    topics: tuple[str, ...] = ()
    offered: tuple[str, ...] | None = None


class Outcome(StrEnum):
    """How an answer is judged; the second group only for questions out of scope."""

    RIGHT = "right"
    COVERED = "right because covered"
    OFFERED = "asked back with a right choice"
    ASKED_ASTRAY = "asked back without one"
    WRONG = "wrong answer"
    NOT_UNDERSTOOD = "not understood"

    FACT = "answered with a fact"
    LEFT_OPEN = "answered that the letter doesn't say"
    ASKED_BACK = "asked back"
    DECLINED = "declined"
    OTHER = "other answer"


def read_questions(text: str, known_topics: Collection[str]) -> list[Question]:
    """Reads a YAML list of questions.

    Raises:
        QuestionsError: if an entry is malformed, repeats another or names an unknown topic.
    """
    try:
        questions = TypeAdapter(list[Question]).validate_python(yaml.safe_load(text))
    except yaml.YAMLError:
        raise QuestionsError("not valid YAML") from None
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        place = [part + 1 if isinstance(part, int) else part for part in problem["loc"]]
        raise QuestionsError(f"entry {' → '.join(map(str, place))}: {problem['type']}") from None
    seen: dict[tuple[str, str | None], int] = {}
    for number, question in enumerate(questions, 1):
        if unknown := {*question.topics, *question.also} - set(known_topics):
            raise QuestionsError(f"entry {number}: unknown topic {sorted(unknown)[0]}")
        if (question.kind == OUT_OF_SCOPE) == question.in_scope:
            raise QuestionsError(f"entry {number}: the kind does not fit the topics")
        first = seen.setdefault((plain(question.text), question.before and plain(question.before)), number)
        if first != number:
            raise QuestionsError(f"entry {number}: repeats entry {first}")
    return questions


def plain(text: str) -> str:
    """``text`` without case, punctuation and spare blanks: what makes two questions the same."""
    return " ".join("".join(character if character.isalnum() else " " for character in text.casefold()).split())


def judge(question: Question, answered: Answered, covers: Covers) -> Outcome:
    """Judges what ``question`` was answered. bench/README.md has the rules in words."""
    return _judge_in_scope(question, answered, covers) if question.in_scope else _judge_out_of_scope(answered)


def _judge_in_scope(question: Question, answered: Answered, covers: Covers) -> Outcome:
    if answered.offered is not None:
        right = {*question.wanted, *question.also} & set(answered.offered)
        return Outcome.OFFERED if right else Outcome.ASKED_ASTRAY
    if set(answered.topics) <= {OUT_OF_SCOPE}:
        return Outcome.NOT_UNDERSTOOD
    if _is_right(question, answered.topics, lambda stated, topic: False):
        return Outcome.RIGHT
    return Outcome.COVERED if _is_right(question, answered.topics, covers) else Outcome.WRONG


def _is_right(question: Question, answered: Sequence[str], covers: Covers) -> bool:
    unanswered = [topic for topic in question.wanted if topic not in answered]
    covering = {topic for topic in answered if any(covers(topic, wanted) for wanted in unanswered)}
    missing = [wanted for wanted in unanswered if not any(covers(topic, wanted) for topic in covering)]
    replacing = {topic for topic in answered if topic in question.also and topic not in question.topics}
    spare = set(answered) - covering - replacing - set(question.topics)
    return len(missing) <= len(replacing) and all(
        any(covers(wanted, topic) for wanted in question.wanted) for topic in spare
    )


def _judge_out_of_scope(answered: Answered) -> Outcome:
    if answered.offered is not None:
        return Outcome.ASKED_BACK
    if any(topic.startswith("ask/") for topic in answered.topics):
        return Outcome.FACT
    if any(topic.startswith("open/") for topic in answered.topics):
        return Outcome.LEFT_OPEN
    return Outcome.DECLINED if OUT_OF_SCOPE in answered.topics else Outcome.OTHER
