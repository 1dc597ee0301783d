"""Judges what became of a mail of the corpus: no files, no network."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.evaluation import COURTESIES, Covers
from bench.reply_corpus import Expected
from bot.replies.answering.reach import can_be_told

REGISTER, LETTER, HOW_TO_JOIN = "form/", "letter/", "ask/joining"
"""How the responses of the two forms begin, and the topic whose answer tells how to register."""
SEND_LETTER = "send_letter"
_MAY_BE_SILENT = COURTESIES
_THE_HUBS_OWN = {"form/first_session": "ask/first_session"}


@dataclass(frozen=True)
class Became:
    """What came of a mail: the topics whose words are in the mail to the person, and whether another person got it.

    ``told``: whether the person got a mail at all.
    """

    state: str
    topics: tuple[str, ...]
    told: bool

    @property
    def handed_over(self) -> bool:
        """Whether a person will answer."""
        return self.state == "handed_over"


class Outcome(StrEnum):
    """How it is judged."""

    ANSWERED = "answered rightly"
    BOTH = "answered, and rightly handed over too"
    HANDED_OVER = "rightly handed over, and told so"
    UNLOOKED = "answered, though a person should have looked too"
    WRONG = "wrong"


RIGHT = frozenset({Outcome.ANSWERED, Outcome.BOTH, Outcome.HANDED_OVER})


def judge(expected: Expected, became: Became, covers: Covers) -> Outcome:
    """A mail is right where all that it asks is answered, or where a person gets what is not; strictly, a registration that
    was asked for has to be begun, whoever gets the mail besides."""
    if expected.put_down and not _has_begun(expected, became):
        return Outcome.WRONG
    is_answered = not missing(expected, became, covers)
    has_asked = bool(expected.asks or expected.put_down)
    if became.handed_over:
        if not became.told and can_be_told(expected.arrived):
            return Outcome.WRONG
        return Outcome.BOTH if is_answered and has_asked else Outcome.HANDED_OVER
    if expected.hand_over:
        return Outcome.UNLOOKED if is_answered and has_asked else Outcome.WRONG
    return Outcome.ANSWERED if is_answered else Outcome.WRONG


def is_needless(expected: Expected, became: Became) -> bool:
    """Whether somebody is troubled with a mail that the assistant can answer, and that nobody would have handed over.

    What the letter leaves open is always handed over, beside what the assistant says about it.
    """
    is_open = any(topic.startswith("open/") for topic in expected.asks)
    return became.handed_over and not expected.hand_over and not is_open and bool(expected.asks or expected.put_down)


def missing(expected: Expected, became: Became, covers: Covers) -> Sequence[str]:
    """The topics that were asked and are not answered, whatever else was said."""
    if became.state == "noted" and not became.told and set(expected.asks) <= _MAY_BE_SILENT:
        return []
    answered = tuple(_as_topic(topic) for topic in became.topics)
    wanted = [topic for topic in expected.asks if topic not in answered]
    wanted = [topic for topic in wanted if not any(covers(it, topic) for it in answered)]
    instead = {topic for topic in expected.also if topic in answered}
    return wanted[len(instead) :]


def spare(expected: Expected, became: Became, covers: Covers) -> Sequence[str]:
    """The topics that are answered though nobody asked them, and that none of the asked ones covers."""
    fine = {*expected.asks, *expected.also}
    answered = [topic for topic in became.topics if topic.startswith(("ask/", "open/")) and topic not in fine]
    return [topic for topic in answered if not any(covers(it, topic) or covers(topic, it) for it in fine)]


def _has_begun(expected: Expected, became: Became) -> bool:
    begun = any(topic.startswith(REGISTER) for topic in became.topics)
    return begun or (HOW_TO_JOIN in expected.asks and HOW_TO_JOIN in became.topics)


def _as_topic(topic: str) -> str:
    return _THE_HUBS_OWN.get(topic, SEND_LETTER if topic.startswith(LETTER) else topic)
