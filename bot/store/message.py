"""A message of a conversation, as it is kept and as the rest of the service passes it around."""

from dataclasses import dataclass
from typing import Literal

Sender = Literal["assistant", "leader", "you"]
"""Who wrote a message; "you" is the person whom the assistant serves."""

Expects = Literal["text", "email", "school"]
"""What kind of answer a message asks for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that the assistant offered. ``payload`` is the engine's and never leaves the service."""

    id: str
    label: str
    payload: str


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer comes from, and the date (``2026-01-31``) on which the scheme last checked it."""

    title: str
    checked: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``n`` counts from 1 in its conversation; ``answers`` is the n that it answers, 0 for a greeting.

    ``author`` is the name of the leader who wrote it.
    """

    n: int
    sender: Sender
    text: str
    choices: tuple[Choice, ...] = ()
    links: tuple[Link, ...] = ()
    source: Source | None = None
    expects: Expects = "text"
    topics: tuple[str, ...] = ()
    answers: int | None = None
    author: str = ""
