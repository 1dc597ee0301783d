"""Makes of a mail's content its plain text and its HTML."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template
from mjml import mjml2html

from bot.notices.content import Content
from bot.notices.scheme import NoticeScheme

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Rendered:
    text: str
    html: str


def render(content: Content, scheme: NoticeScheme) -> Rendered:
    """The two forms of ``content``; every value in the HTML is escaped."""
    values = {"content": content, "scheme": scheme}
    return Rendered(_plain().render(values), _designed().render(values))


@cache
def _plain() -> Template:
    plain = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701
    return plain.from_string((_TEMPLATES / "mail.txt").read_text(encoding="utf-8"))


@cache
def _designed() -> Template:
    # Compiled before it is filled, so that no value can ever break the compiling, and once.
    html = mjml2html((_TEMPLATES / "mail.mjml").read_text(encoding="utf-8"))
    return Environment(undefined=StrictUndefined, autoescape=True).from_string(html)
