"""Reads a message in the light of the last topic: how much it leans on what was said before."""

import re

LONGEST = 14  # words; a longer message names its subject

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


def could_follow(text: str) -> bool:
    """Whether ``text`` is short enough to leave out its subject."""
    return len(text.split()) <= LONGEST


def leans_back(text: str) -> bool:
    """Whether ``text`` refers to something said before ("is that per year?", "and for two?", "why so?")."""
    return could_follow(text) and any(form.search(text) for form in (_REFERENCE, _OPENING, _BARE_QUESTION))


def in_context(text: str, subject: str) -> str:
    """``text`` said about ``subject`` (a noun phrase such as "the cost"), in the form of the examples for it."""
    return f"{subject}: {text}"
