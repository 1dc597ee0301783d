"""Reads the wording of a letter: a small part of Markdown (CommonMark 0.31) with placeholders such as {fee}."""

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.letters.composing.blocks import (
    Block,
    Break,
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
from bot.letters.problems import LetterProblem

LONGEST = 8_000
"""Characters of a wording: more than two pages hold."""

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_TARGETS = ("http", "https", "mailto")
_NAMES = {
    "image": "a picture",
    "code_inline": "code",
    "code_block": "a block that is indented by four spaces",
    "fence": "code",
    "html_block": "HTML",
    "html_inline": "HTML",
    "blockquote_open": "a quotation",
    "ordered_list_open": "a numbered list",
    "hr": "a line across",
    "em_open": "italics",
}
_CAN_BE = "a wording consists of paragraphs, headings (##), bullets (-), **bold** and [links](https://…)"


def parse(markdown: str) -> Wording:
    """The wording that ``markdown`` says. It begins with ``# `` and its title; a link alone in a paragraph is a button.

    Raises LetterProblem, naming the line, for what no letter can hold.
    """
    if len(markdown) > LONGEST:
        raise LetterProblem(f"The wording has {len(markdown):,} characters: shorten it to {LONGEST:,} or fewer")
    tokens = _Tokens(_Markdown("commonmark").parse(_CONTROL.sub("", markdown)))
    title = tokens.next()
    if title is None or title.type != "heading_open" or title.tag != "h1":
        raise LetterProblem('The wording does not begin with its title: make the first line "# " and the subject')
    spans = tuple(_only_text(tokens.inline(), title))
    return Wording(spans, tuple(_blocks(tokens)))


class _Tokens:
    """The parser's tokens, taken one by one."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = iter(tokens)

    def next(self) -> Token | None:
        return next(self._tokens, None)

    def inline(self) -> Spans:
        """What stands in a heading or paragraph that was just opened, which is closed after it."""
        content = next(self._tokens)
        next(self._tokens)
        return _spans(content)

    def items(self) -> Iterator[Spans]:
        """What stands in the bullets of a list that was just opened, which is closed after it."""
        while (token := next(self._tokens)).type != "bullet_list_close":
            if token.type == "paragraph_open":
                yield self.inline()
            elif token.type not in ("list_item_open", "list_item_close"):
                raise _unsupported(token, "a bullet holds only text")


def _blocks(tokens: _Tokens) -> Iterator[Block]:
    while (token := tokens.next()) is not None:
        if token.type == "paragraph_open":
            spans = tokens.inline()
            is_button = len(spans) == 1 and isinstance(spans[0], Link)
            yield Button(spans[0]) if is_button and isinstance(spans[0], Link) else Paragraph(spans)
        elif token.type == "heading_open":
            if token.tag != "h2":
                raise LetterProblem(f'Line {_line(token)}: headings after the title begin with "## ": change it')
            yield Heading(tokens.inline())
        elif token.type == "bullet_list_open":
            yield Bullets(tuple(tokens.items()))
        else:
            raise _unsupported(token)


def _spans(inline: Token) -> Spans:
    """The spans of one paragraph; ``inline`` holds its tokens as children."""
    children = iter(inline.children or ())

    def until(closing: str) -> Spans:
        found: list[Span] = []
        for token in children:
            if token.type == closing:
                break
            found.extend(_span(token, inline, until))
        return tuple(_joined(found))

    return tuple(piece for span in until("") for piece in _split(span, inline))


def _span(token: Token, inline: Token, until: Callable[[str], Spans]) -> Iterator[Span]:
    match token.type:
        case "text" | "text_special":
            yield Text(token.content)
        case "softbreak":
            yield Text(" ")
        case "hardbreak":
            yield Break()
        case "strong_open":
            yield Strong(until("strong_close"))
        case "link_open":
            target = str(token.attrs["href"])
            yield Link(_target(target, inline), until("link_close"))
        case _:
            raise _unsupported(token, line=_line(inline))


def _joined(spans: Sequence[Span]) -> Iterator[Span]:
    """Texts that follow one another as one: the parser cuts at every sign that might mean something."""
    text = ""
    for span in spans:
        if isinstance(span, Text):
            text += span.text
            continue
        if text:
            yield Text(text)
        text = ""
        yield span
    if text:
        yield Text(text)


def _split(span: Span, inline: Token) -> Iterator[Span]:
    match span:
        case Text(text):
            for n, part in enumerate(_PLACEHOLDER.split(text)):
                if n % 2:
                    yield Placeholder(part)
                elif "{" in part or "}" in part:
                    raise LetterProblem(
                        f"Line {_line(inline)}: a brace is no part of a placeholder: write {{fee}}, in small letters"
                    )
                elif part:
                    yield Text(part)
        case Strong(inner):
            yield Strong(tuple(piece for each in inner for piece in _split(each, inline)))
        case Link(target, inner):
            yield Link(target, tuple(piece for each in inner for piece in _split(each, inline)))
        case _:
            yield span


def _target(href: str, inline: Token) -> str | Placeholder:
    if whole := _PLACEHOLDER.fullmatch(href):
        return Placeholder(whole.group(1))
    if urlsplit(href).scheme not in _TARGETS or "{" in href:
        raise LetterProblem(
            f'Line {_line(inline)}: the link to "{href}" leads nowhere: give a whole address (https://… or mailto:…) or a '
            "placeholder such as {link}"
        )
    return href


def _only_text(spans: Spans, heading: Token) -> Iterator[Span]:
    for span in spans:
        if not isinstance(span, Text | Placeholder):
            raise LetterProblem(f"Line {_line(heading)}: the title is plain text: take bold and links out of it")
        yield span


def _unsupported(token: Token, hint: str = _CAN_BE, line: int | None = None) -> LetterProblem:
    what = _NAMES.get(token.type, f'"{token.type.removesuffix("_open").replace("_", " ")}"')
    return LetterProblem(f"Line {line or _line(token)}: {what} cannot be in a letter: {hint}")


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


class _Markdown(MarkdownIt):
    """Leaves addresses as they are written and takes all: a placeholder would be encoded, javascript: be left as text."""

    def normalizeLink(self, url: str) -> str:
        return url

    def validateLink(self, url: str) -> bool:
        return bool(url)
