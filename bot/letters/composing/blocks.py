"""What a letter consists of, before it is known how it looks: the same for mail, text, PDF and page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Text:
    """Words as they are; nothing in them is ever markup."""

    text: str


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Stands for a fact or for something of one letter, until it is filled in."""

    name: str


@dataclass(frozen=True, slots=True)
class Break:
    """A new line within a paragraph."""


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that stand out."""

    spans: "Spans"


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere; ``target`` is an absolute address, or the placeholder of one."""

    target: str | Placeholder
    spans: "Spans"


Span = Text | Placeholder | Break | Strong | Link
type Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: Spans
    kind: ClassVar = "paragraph"


@dataclass(frozen=True, slots=True)
class Button:
    """A link in a paragraph of its own."""

    link: Link
    kind: ClassVar = "button"


@dataclass(frozen=True, slots=True)
class Heading:
    spans: Spans
    kind: ClassVar = "heading"


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[Spans, ...]
    kind: ClassVar = "bullets"


Block = Paragraph | Button | Heading | Bullets


@dataclass(frozen=True, slots=True)
class Wording:
    """A title, which is the subject of a mail, and what follows it."""

    title: Spans
    blocks: tuple[Block, ...]


def placeholders(wording: Wording) -> Iterator[Placeholder]:
    """Every placeholder of ``wording``, in order; those of link targets too."""
    yield from _in_spans(wording.title)
    for block in wording.blocks:
        match block:
            case Button(link):
                yield from _in_spans((link,))
            case Bullets(items):
                for item in items:
                    yield from _in_spans(item)
            case _:
                yield from _in_spans(block.spans)


def plain(spans: Spans) -> str:
    """The words alone, of spans that are filled."""
    parts = []
    for span in spans:
        match span:
            case Text(text):
                parts.append(text)
            case Break():
                parts.append("\n")
            case Strong(inner) | Link(_, inner):
                parts.append(plain(inner))
    return "".join(parts)


def _in_spans(spans: Spans) -> Iterator[Placeholder]:
    for span in spans:
        match span:
            case Placeholder():
                yield span
            case Strong(inner):
                yield from _in_spans(inner)
            case Link(target, inner):
                if isinstance(target, Placeholder):
                    yield target
                yield from _in_spans(inner)
