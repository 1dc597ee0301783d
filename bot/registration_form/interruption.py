"""What a message asks while a form waits for an answer."""

import re
from dataclasses import replace

from bot.registration_form.details import without
from bot.registration_form.draft import Said

_QUESTION = re.compile(
    r"(?:(?:and|but|so|ok|okay|sorry|wait|hang on|before that|first|also|quick question)\b[\s,:-]*)*"
    r"(?:what|when|where|who|whose|how|why|which|is|are|do|does|did|can|could|will|would|should|may|might|must|have|has)\b",
    re.IGNORECASE,
)
# Part of the talk, and no question of its own while a form waits for an answer.
_NO_QUESTION = {
    "register", "affirm", "deny", "out_of_scope", "chat/aside", "chat/greeting", "chat/thanks", "chat/complaint",
}  # fmt: skip
_ABOUT_LETTER = re.compile(r"\b(?:letters?|(?:re)?send|forward|pdf|copy)\b|\be?-?mail (?:it|me|us)\b", re.IGNORECASE)

SEND_LETTER = "send_letter"
"""The topic of somebody who asks for the letter."""


def asked(said: Said) -> tuple[str, ...]:
    """The topics that are to be answered, in their order."""
    return tuple(topic for topic in said.topics if topic not in _NO_QUESTION)


def is_question(said: Said) -> bool:
    """Whether the message looks like a question."""
    return said.text.rstrip().endswith("?") or bool(_QUESTION.match(said.text.strip()))


def wants_letter(said: Said) -> bool:
    """Whether it clearly asks for the letter and for nothing else, however it is put."""
    return said.is_sure and asked(said) == (SEND_LETTER,)


def beside_letter(said: Said) -> Said:
    """The message without what asks for the letter: an address there is where it shall go, and no answer."""
    return replace(said, text=without(said.text, _ABOUT_LETTER))
