"""The letter as a mail: HTML by MJML, and plain text."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup
from mjml import mjml2html

from bot.letters.composing import as_html, as_text
from bot.letters.composing.blocks import Paragraph, Wording, plain

_LONGEST_PREVIEW = 140
# Said at each element too, since some mail programs take styles out of the head. Outlook draws a button only as a table's cell.
_LOOK = as_html.Look(
    button=Markup(
        '<table role="presentation" cellspacing="0" cellpadding="0" style="margin:6px 0 18px;"><tr>'
        '<td bgcolor="#0f5a4c" style="border-radius:4px;background-color:#0f5a4c;mso-padding-alt:13px 22px;">'
        '<a class="button" href="{href}" style="display:inline-block;padding:13px 22px;color:#fdf8ec;font-weight:600;'
        'text-decoration:none;">{label}</a></td></tr></table>'
    ),
    attributes={
        "p": Markup(' style="margin:0 0 14px;"'),
        "h2": Markup(' style="margin:22px 0 10px;font-size:18px;line-height:1.3;"'),
        "ul": Markup(' style="margin:0 0 14px;padding-left:22px;"'),
        "li": Markup(' style="margin:0 0 6px;"'),
        "a": Markup(' style="color:#0c5446;"'),
    },
)


class Bodies(NamedTuple):
    """A mail's subject and its two bodies."""

    subject: str
    text: str
    html: str


class MailComposer:
    """Fills the mail's layouts of ``folder``, which it reads and compiles once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def compose(self, wording: Wording, around: Mapping[str, Any]) -> Bodies:
        """The mail that says ``wording``, which is filled; ``around`` is what the layouts show beside it."""
        title = plain(wording.title)
        values = {"title": title, **around}
        text = self._plain.render(values, body=as_text.blocks(wording.blocks))
        html = self._designed.render(values, body=as_html.blocks(wording.blocks, _LOOK), preview=_preview(wording))
        return Bodies(title, text, html)

    @cached_property
    def _plain(self) -> Template:
        layout = (self._folder / "mail.txt").read_text(encoding="utf-8")
        plain = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701
        return plain.from_string(layout)

    @cached_property
    def _designed(self) -> Template:
        # Compiled before it is filled, so that no value can ever break the compiling, and once.
        html = mjml2html((self._folder / "mail.mjml").read_text(encoding="utf-8"))
        return Environment(undefined=StrictUndefined, autoescape=True).from_string(html)


def _preview(wording: Wording) -> str:
    """What mail programs show beside the subject: the first words after the salutation."""
    paragraphs = [plain(block.spans) for block in wording.blocks if isinstance(block, Paragraph)]
    said = next((text for text in paragraphs if len(text.split()) > 4), "")
    return said[:_LONGEST_PREVIEW]
