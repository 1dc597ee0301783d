"""The letter as a part of a web page."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from bot.letters.composing import as_html
from bot.letters.composing.blocks import Wording, plain

# The widget of the page opens, and where there is none, the link does.
_LOOK = as_html.Look(button=Markup('<p><a class="button" href="{href}" data-psqm-ask="">{label}</a></p>'))


class PageComposer:
    """Fills the page's layout of ``folder``, which it reads once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def compose(self, wording: Wording, around: Mapping[str, Any]) -> Markup:
        """An ``<article>`` that says ``wording``, which is filled; ``around`` is what the layout shows beside it."""
        body = as_html.blocks(wording.blocks, _LOOK)
        return Markup(self._layout.render(around, title=plain(wording.title), body=body))  # noqa: S704

    @cached_property
    def _layout(self) -> Template:
        layout = (self._folder / "page.html").read_text(encoding="utf-8")
        return Environment(undefined=StrictUndefined, autoescape=True).from_string(layout)
