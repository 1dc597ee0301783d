"""The letter's words as HTML, for mail and page; whatever anybody wrote is escaped."""

from collections.abc import Mapping

from markupsafe import Markup, escape

from bot.letters.blocks import Block, Break, Bullets, Button, Heading, Link, Paragraph, Spans, Strong, Text

BARE: Mapping[str, str] = {}


def blocks(given: tuple[Block, ...], attributes: Mapping[str, str] = BARE) -> Markup:
    """Filled blocks; ``attributes`` gives those of the elements p, h2, ul, li, a and button (a link of its own), where any."""
    return Markup("\n").join(_block(block, attributes) for block in given)


def spans(given: Spans, attributes: Mapping[str, str] = BARE) -> Markup:
    """Filled spans."""
    return Markup("").join(_span(span, attributes) for span in given)


def _block(block: Block, attributes: Mapping[str, str]) -> Markup:
    match block:
        case Heading(inner):
            return _element("h2", spans(inner, attributes), attributes)
        case Paragraph(inner):
            return _element("p", spans(inner, attributes), attributes)
        case Bullets(items):
            listed = Markup("").join(_element("li", spans(item, attributes), attributes) for item in items)
            return _element("ul", listed, attributes)
        case Button(link):
            return _element("p", _link(link, "button", attributes), attributes)


def _span(span: object, attributes: Mapping[str, str]) -> Markup:
    match span:
        case Text(text):
            return escape(text)
        case Break():
            return Markup("<br>")
        case Strong(inner):
            return Markup("<strong>{}</strong>").format(spans(inner, attributes))
        case Link():
            return _link(span, "a", attributes)
    raise TypeError(f"{type(span).__name__} was not filled")


def _link(link: Link, look: str, attributes: Mapping[str, str]) -> Markup:
    more = Markup(attributes.get(look, ""))  # noqa: S704
    return Markup('<a href="{}"{}>{}</a>').format(link.target, more, spans(link.spans))


def _element(tag: str, inner: Markup, attributes: Mapping[str, str]) -> Markup:
    # Tags and attributes are written by us, not by people.
    return Markup("<{0}{1}>{2}</{0}>").format(tag, Markup(attributes.get(tag, "")), inner)  # noqa: S704
