"""A message of a conversation, as it is kept and as the rest of the service passes it around."""

from dataclasses import dataclass
from typing import Literal

Sender = Literal["assistant", "leader", "you"]
"""Who wrote a message; "you" is the person whom the assistant serves."""

Expects = Literal["text", "email", "school"]
"""What kind of answer a message asks for."""

Rating = Literal["right", "wrong"]
"""What a person thinks of an answer."""

_STATES_SOMETHING = ("ask/", "open/")
"""How the topics begin whose answers state something, and so can be right or wrong."""


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

    ``author`` is the name of the leader who wrote it; ``rating`` what the person thinks of it.
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
    rating: Rating | None = None

    @property
    def can_be_rated(self) -> bool:
        """Whether "Was that right?" makes sense: it is an answer of the assistant's that states something."""
        return self.sender == "assistant" and any(topic.startswith(_STATES_SOMETHING) for topic in self.topics)
