"""Puts into a wording what its placeholders stand for."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.letters.composing.blocks import (
    Block,
    Bullets,
    Button,
    Heading,
    Link,
    Paragraph,
    Placeholder,
    Span,
    Spans,
    Strong,
    Text,
    Wording,
)


@dataclass(frozen=True, slots=True)
class Value:
    """What a placeholder stands for; ``href`` where it leads somewhere. As a target, only ``href`` counts."""

    text: str
    href: str = ""


type ValueOf = Callable[[str], Value]


def filled(wording: Wording, value_of: ValueOf) -> Wording:
    """``wording`` without placeholders; a link that leads nowhere, and what then is empty, is left out."""
    blocks = (_block(block, value_of) for block in wording.blocks)
    return Wording(_spans(wording.title, value_of), tuple(block for block in blocks if block is not None))


def _block(block: Block, value_of: ValueOf) -> Block | None:
    match block:
        case Button(link):
            done = _link(link, value_of)
            return Button(done) if done else None
        case Bullets(items):
            return Bullets(tuple(_spans(item, value_of) for item in items))
        case Heading(spans):
            return Heading(_spans(spans, value_of))
    inner = _spans(block.spans, value_of)
    return Paragraph(inner) if inner else None


def _spans(spans: Spans, value_of: ValueOf) -> Spans:
    return tuple(done for span in spans if (done := _span(span, value_of)) is not None)


def _span(span: Span, value_of: ValueOf) -> Span | None:
    match span:
        case Placeholder(name):
            value = value_of(name)
            return Link(value.href, (Text(value.text),)) if value.href else Text(value.text)
        case Strong(spans):
            return Strong(_spans(spans, value_of))
        case Link():
            return _link(span, value_of)
    return span


def _link(link: Link, value_of: ValueOf) -> Link | None:
    target = link.target
    href = value_of(target.name).href if isinstance(target, Placeholder) else target
    return Link(href, _spans(link.spans, value_of)) if href else None
