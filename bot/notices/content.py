"""What a mail says, before it is known how it looks: the words are written once, for HTML and for plain text."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text, whose line breaks stay."""

    text: str
    kind: ClassVar = "paragraph"


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    kind: ClassVar = "heading"


@dataclass(frozen=True, slots=True)
class Details:
    """Lines of label and value."""

    rows: tuple[tuple[str, str], ...]
    kind: ClassVar = "details"


@dataclass(frozen=True, slots=True)
class Button:
    """A link to follow; ``label`` says what for."""

    label: str
    href: str
    kind: ClassVar = "button"


Block = Paragraph | Heading | Details | Button


@dataclass(frozen=True, slots=True)
class Content:
    """A mail's subject, whom it greets, its blocks in order, why the person gets it, and who reads an answer to it."""

    subject: str
    greets: str
    blocks: tuple[Block, ...]
    because: str
    answers: str = "It was sent automatically; an answer to it reaches a person."


def details(*rows: tuple[str, str]) -> Details:
    """Leaves out the rows of which nothing is known."""
    return Details(tuple(row for row in rows if row[1]))
