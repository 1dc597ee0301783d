"""What a message asks while a form waits for an answer."""

import re

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
    return said.is_sure and asked(said) == (SEND_LETTER,) and "register" not in said.topics
