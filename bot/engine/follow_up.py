"""Reads a follow-up without a subject ("is that per year?") as a question about the last topic."""

import re
from typing import Optional

LONGEST_FOLLOW_UP = 9  # words; a longer message names its subject

_REFERENCE = re.compile(
    r"\b(that|this|it|they|them|those|these|one|ones|he|she)\b(?!\s+(?:school|year|letter|scheme)\b)", re.I
)
_OPENING = re.compile(r"^\W*(?:and|but|so|also|or|what about|how about|what if)\b", re.I)
_BARE_QUESTION = re.compile(
    r"^\W*(?:and|but|so|ok|okay|right)?\W*"
    r"(?:who|whom|whose|what|when|where|why|which|how|for|by|per|at|in|on|from|to|with|until|since|each|every|any)\b"
    r"(?:\W+\w+){0,4}\W*$",
    re.I,
)


def as_full_question(text: str, subject: str) -> Optional[str]:
    """Puts ``subject`` (a noun phrase such as "the cost") into ``text`` where it refers to something said before.

    Returns None for a message that stands on its own feet.
    """
    if len(text.split()) > LONGEST_FOLLOW_UP:
        return None
    if _REFERENCE.search(text):
        return f"{subject}: {text}"
    if _OPENING.search(text) or _BARE_QUESTION.search(text):
        return f"{subject}: {text}"
    return None
