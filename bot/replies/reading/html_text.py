"""Makes plain text of an HTML mail, with what it quotes marked as plain mails mark it: with ``>``."""

import re

from inscriptis import Inscriptis
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from lxml import html as lxml_html
from lxml.etree import LxmlError

_LONGEST = 1_000_000
"""Characters of HTML that are read; what a person wrote comes first."""
_CONFIG = ParserConfig(css=CSS_PROFILES["strict"])
# Two characters for private use, which no mail program writes, mark where a quotation begins and ends.
_BEGIN, _END = "\ue0b0", "\ue0b1"
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_INDENTED = re.compile(r"border(-left)?\s*:\s*(none|0)", re.IGNORECASE)


def text_of_html(html: str) -> str:
    """The text of ``html``; "" where there is none, or where it is nested so deeply that nobody wrote it."""
    try:
        tree = lxml_html.document_fromstring(
            _XML_DECLARATION.sub("", html[:_LONGEST].replace(_BEGIN, "").replace(_END, ""))
        )
        _mark_quotations(tree)
        text = Inscriptis(tree, _CONFIG).get_text()
    except (LxmlError, ValueError, RecursionError):
        return ""
    return "\n".join(_quoted(text.replace("\xa0", " "))).strip()


def _mark_quotations(tree: lxml_html.HtmlElement) -> None:
    for element in list(tree.iter("blockquote")):
        if element.get("type") != "cite" and _INDENTED.search(element.get("style") or ""):
            continue  # indented by the writer, not quoted
        for place, mark in ((0, _BEGIN), (len(element) + 1, _END)):
            line = lxml_html.Element("p")
            line.text = mark
            element.insert(place, line)
        element[0].tail, element.text = element.text, None


def _quoted(text: str) -> list[str]:
    lines, depth = [], 0
    for line in text.splitlines():
        if line.strip() == _BEGIN:
            depth += 1
        elif line.strip() == _END:
            depth -= 1
        else:
            lines.append(f"{'>' * depth} {line.strip()}" if depth else line.rstrip())
    return lines
