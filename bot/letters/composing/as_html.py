"""The letter's words as HTML, for mail and page; whatever anybody wrote is escaped."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from bot.letters.composing.blocks import Block, Break, Bullets, Button, Heading, Link, Paragraph, Spans, Strong, Text


@dataclass(frozen=True, slots=True)
class Look:
    """``button``: the HTML around a link of its own, whose address is ``{href}`` and whose words are ``{label}``.

    ``attributes``: those of the elements p, h2, ul, li and a, where any.
    """

    button: Markup
    attributes: Mapping[str, Markup] = field(default_factory=dict)


def blocks(given: tuple[Block, ...], look: Look) -> Markup:
    """Filled blocks."""
    return Markup("\n").join(_block(block, look) for block in given)


def _spans(given: Spans, look: Look) -> Markup:
    return Markup("").join(_span(span, look) for span in given)


def _block(block: Block, look: Look) -> Markup:
    match block:
        case Heading(inner):
            return _element("h2", _spans(inner, look), look)
        case Paragraph(inner):
            return _element("p", _spans(inner, look), look)
        case Bullets(items):
            listed = Markup("").join(_element("li", _spans(item, look), look) for item in items)
            return _element("ul", listed, look)
        case Button(link):
            return look.button.format(href=link.target, label=_spans(link.spans, look))


def _span(span: object, look: Look) -> Markup:
    match span:
        case Text(text):
            return escape(text)
        case Break():
            return Markup("<br>")
        case Strong(inner):
            return Markup("<strong>{}</strong>").format(_spans(inner, look))
        case Link(target, inner):
            words = _spans(inner, look)
            return Markup('<a href="{}"{}>{}</a>').format(target, look.attributes.get("a", Markup()), words)
    raise TypeError(f"{type(span).__name__} was not filled")


def _element(tag: str, inner: Markup, look: Look) -> Markup:
    return Markup("<{0}{1}>{2}</{0}>").format(tag, look.attributes.get(tag, Markup()), inner)
