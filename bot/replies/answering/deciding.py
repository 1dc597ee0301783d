"""Decides what becomes of a reply: what is answered, and what a person has to answer. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.replies.answering.person_needed import (
    asks_about_data,
    is_displeased,
    questions,
    says_more_than_thanks,
    wants_otherwise,
)
from bot.store.message import Message

Reason = Literal[
    "",
    "unsure",
    "left_open",
    "asked_for_person",
    "complaint",
    "told_something",
    "nothing_written",
    "too_long",
    "in_quotation",
    "own_data",
    "otherwise",
    "partly",
    "stuck",
]

_UNANSWERED: dict[str, Reason] = {
    "unsure": "unsure",
    "out_of_scope": "unsure",
    "nothing_offered": "unsure",
    "offer_declined": "unsure",
    "handover/offer": "unsure",
    "person": "asked_for_person",
    "chat/complaint": "complaint",
    "chat/aside": "told_something",
}
"""Topics on which the assistant says nothing of its own by mail: in a chat it would ask back, which by mail costs a day."""
_CLOSING = frozenset({"chat/thanks", "chat/goodbye"})
_POLITE = _CLOSING | {"chat/greeting"}
_PRIVACY = "chat/privacy"
_FACTS, _OTHER = ("ask/", "form/first_session"), "other"
_LEFT_OPEN = "open/"
_MISUNDERSTOOD = ("form/again_", "form/help_", "letter/again", "letter/help")
"""The form asks once more: by mail a person may well do it faster."""


@dataclass(frozen=True, slots=True)
class Decision:
    """``answers``: what goes into the mail; ``hand_over``: why a person has to answer (too), or ""."""

    answers: tuple[Message, ...]
    hand_over: Reason = ""

    @property
    def is_silent(self) -> bool:
        """Whether nothing was asked, as in "thank you"."""
        return not self.answers and not self.hand_over


def decide(
    messages: Sequence[Message], words: str = "", *, was_cut: bool = False, points_below: bool = False
) -> Decision:
    """What to do with the assistant's answer to a mail, of which a person wrote ``words``.

    ``was_cut``: only its beginning was read; ``points_below``: it says that there is more between the lines that it quotes.
    """
    answers = tuple(message for message in messages if not _says_nothing(message))
    if was_cut:
        return Decision(answers, "too_long")
    if points_below:
        return Decision(answers, "in_quotation")
    if is_displeased(words):  # and asks nothing: whatever the assistant took it for, it is beside the point
        return Decision(answers if questions(words) else (), "complaint")
    topics = [topic for message in messages for topic in message.topics]
    reason = _by_topics(topics, answers) or _by_words(words, topics, answers)
    return Decision(answers, reason)


def _by_topics(topics: Sequence[str], answers: Sequence[Message]) -> Reason:
    reasons = [_UNANSWERED[topic] for topic in topics if topic in _UNANSWERED]
    # Somebody tells their story and asks something: what was asked is answered, and the story is no question.
    pressing = [reason for reason in reasons if reason != "told_something" or not answers]
    pressing += ["stuck" for topic in topics if topic.startswith(_MISUNDERSTOOD)]
    pressing += ["left_open" for topic in topics if topic.startswith(_LEFT_OPEN)]
    return pressing[0] if pressing else ""


def _by_words(words: str, topics: Sequence[str], answers: Sequence[Message]) -> Reason:
    """What the topics do not tell, of a mail on which the assistant is sure."""
    if _PRIVACY in topics or asks_about_data(words):
        return "own_data"
    if not answers:
        is_thanks = not topics or any(topic in _CLOSING for topic in topics)
        return "" if is_thanks and not says_more_than_thanks(words) else "told_something"
    told = {topic if topic.startswith(_FACTS) else _OTHER for topic in topics if topic not in _POLITE}
    if told <= {_OTHER}:
        return ""
    if wants_otherwise(words):
        return "otherwise"
    return "partly" if questions(words) > len(told) else ""


def _says_nothing(message: Message) -> bool:
    return bool(message.topics) and all(topic in _UNANSWERED or topic in _POLITE for topic in message.topics)
