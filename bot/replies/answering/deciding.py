"""Decides what becomes of a reply: what is answered, and what a person has to answer. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

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
    "stuck",
]

_UNANSWERED: dict[str, Reason] = {
    "unsure": "unsure",
    "out_of_scope": "unsure",
    "nothing_offered": "unsure",
    "offer_declined": "unsure",
    "person": "asked_for_person",
    "chat/complaint": "complaint",
    "chat/aside": "told_something",
}
"""Topics on which the assistant says nothing of its own by mail: in a chat it would ask back, which by mail costs a day."""
_POLITE = frozenset({"chat/thanks", "chat/goodbye", "chat/greeting"})
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


def decide(messages: Sequence[Message], *, was_cut: bool = False, points_below: bool = False) -> Decision:
    """What to do with the assistant's answer to a mail.

    ``was_cut``: only its beginning was read; ``points_below``: it says that there is more between the lines that it quotes.
    """
    answers = tuple(message for message in messages if not _says_nothing(message))
    if was_cut:
        return Decision(answers, "too_long")
    if points_below:
        return Decision(answers, "in_quotation")
    reasons = [_UNANSWERED[topic] for message in messages for topic in message.topics if topic in _UNANSWERED]
    # Somebody tells their story and asks something: what was asked is answered, and the story is no question.
    pressing = [reason for reason in reasons if reason != "told_something" or not answers]
    topics = [topic for message in messages for topic in message.topics]
    pressing += ["stuck" for topic in topics if topic.startswith(_MISUNDERSTOOD)]
    pressing += ["left_open" for topic in topics if topic.startswith(_LEFT_OPEN)]
    return Decision(answers, pressing[0] if pressing else "")


def _says_nothing(message: Message) -> bool:
    return bool(message.topics) and all(topic in _UNANSWERED or topic in _POLITE for topic in message.topics)
