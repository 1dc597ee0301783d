"""Charts as SVG images, drawn on the server: without a script, and with nothing loaded from elsewhere.

Each is a picture of a table that stands beside it. Lines differ by their dashes and bars by their labels, so that no colour has
to be told from another; there is a narrow drawing for phones, as text in a drawing shrinks with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    import pygal

_INK, _GUIDE = "#1d2b33", "#8a949a"
_COLOURS = ("#0b4f60", "#a8400c", "#5d3b8c", "#33691e")
"""Each at least 6:1 on white."""
_DASHES = (("", "———"), ("14,7", "— —"), ("3,6", "· · ·"), ("14,5,3,5", "— ·"))
_FONT = "system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"

# The styles are in the drawing itself; it may do nothing else, also when it is opened by its own address.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Size:
    """Of the drawing and of its letters, in pixels."""

    width: int
    height: int
    letters: int


WIDE = Size(760, 380, 15)
NARROW = Size(340, 420, 13)


def bars(title: str, labels: Sequence[str], values: Sequence[int], size: Size) -> bytes:
    """One bar a label, the first on top, with its value on it."""
    import pygal  # here and below: most processes never draw

    tallest = max(values, default=0) or 1
    chart = pygal.HorizontalBar(
        _as_usual(title, size, len(labels)), print_values=True, show_legend=False, range=(0, tallest), margin_right=24
    )
    chart.x_labels = [_short(label, size) for label in reversed(labels)]
    chart.add("", list(reversed(values)))
    return _drawn(chart)


def lines(title: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], size: Size) -> bytes:
    """Up to four lines over the same labels, each with its own dashes."""
    import pygal

    most = max((value for _, values in series for value in values), default=0) or 1
    chart = pygal.Line(
        _as_usual(title, size, 0),
        legend_at_bottom=True,
        legend_at_bottom_columns=1 if size is NARROW else 2,
        x_label_rotation=60 if size is NARROW else 35,
        range=(0, _whole_numbers(most)[-1]),
        dots_size=4,
        margin_right=32,
    )
    chart.x_labels = list(labels)
    if series:  # pygal cannot place labels beside nothing
        chart.y_labels = _whole_numbers(most)
    for (name, values), (dashes, shown) in zip(series, _DASHES, strict=False):
        chart.add(
            f"{_short(name, size)}  {shown}", list(values), stroke_style={"width": 3, "dasharray": dashes or "none"}
        )
    return _drawn(chart)


def size_of(request: web.Request) -> Size:
    """The size that is asked for: ``?narrow`` for phones."""
    return NARROW if "narrow" in request.query else WIDE


def image(drawing: bytes) -> web.Response:
    """The response with a drawing, which its reader's browser may keep for a moment."""
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "private, max-age=60"}
    return web.Response(body=drawing, content_type="image/svg+xml", charset="utf-8", headers=headers)


def _as_usual(title: str, size: Size, rows: int) -> pygal.Config:
    import pygal
    from pygal.style import Style

    config = pygal.Config()
    config.title = title if size is WIDE else None
    config.width, config.height = size.width, 90 + rows * 36 if rows else size.height
    config.js, config.css = [], ["file://style.css", "file://graph.css"]
    config.min_scale, config.max_scale = 2, 6
    config.integer_only = True
    config.formatter = lambda value: f"{value:,.0f}"
    config.no_data_text = "Nothing yet"
    config.style = Style(
        background="#ffffff",
        plot_background="#ffffff",
        foreground=_INK,
        foreground_strong=_INK,
        foreground_subtle=_GUIDE,
        guide_stroke_color="#d5dbde",
        opacity="1",
        opacity_hover="1",
        stroke_width="3",
        stroke_opacity="1",
        colors=_COLOURS,
        value_colors=("#ffffff",) * len(_COLOURS),
        font_family=_FONT,
        title_font_size=size.letters + 2,
        label_font_size=size.letters,
        major_label_font_size=size.letters,
        legend_font_size=size.letters,
        value_font_size=size.letters,
        no_data_font_size=size.letters + 4,
    )
    return config


def _whole_numbers(most: int) -> list[int]:
    """Up to six numbers from 0 to ``most`` or a little above: nobody asks half a question."""
    step = next(step for power in range(12) for step in (10**power, 2 * 10**power, 5 * 10**power) if step * 5 >= most)
    return list(range(0, most + step, step))


def _short(label: str, size: Size) -> str:
    longest = 20 if size is NARROW else 34
    return label if len(label) <= longest else f"{label[: longest - 1].rstrip()}…"


def _drawn(chart: pygal.Graph) -> bytes:
    """The drawing, without the configuration that pygal leaves in a script for its tooltips."""
    from lxml import etree

    tree = chart.render_tree()
    for script in tree.xpath("//*[local-name() = 'script']"):
        script.getparent().remove(script)
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="utf-8"))
