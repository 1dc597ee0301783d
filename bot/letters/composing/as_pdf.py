"""The letter as an accessible PDF: tagged, PDF/UA-1 (ISO 14289-1), fonts embedded."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from bot.letters.composing.blocks import Block, Break, Bullets, Button, Link, Spans, Strong, Text, plain
from bot.letters.problems import LetterProblem

MOST_PAGES = 2
_CANNOT_SHOW = re.compile(r'the text `"(.+)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_MOST_UNSHOWN = 200


class PdfComposer:
    """Makes PDFs of the layouts in ``folder``; one for a process, since it keeps fonts and layouts read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._unshown: dict[int, str] = {}

    def compose(self, layout: str, content: Mapping[str, Any], dated: date) -> bytes:
        """The PDF of ``content`` in the layout ``layout``.typ; raises LetterProblem where it cannot be made.

        The same content of the same date is always the same file.
        """
        letter = json.dumps({**content, "most_pages": MOST_PAGES}, ensure_ascii=False)
        noon = datetime.combine(dated, time(12), UTC)
        with self._lock:
            for _ in range(_MOST_UNSHOWN):
                try:
                    return self._compiled(layout, letter.translate(self._unshown), noon)
                except typst.TypstError as error:
                    self._unshown |= _unshown(error)
        raise LetterProblem("The PDF cannot be made: the letter holds too many signs that no font of it has")

    def _compiled(self, layout: str, letter: str, noon: datetime) -> bytes:
        made = self._compiler.compile(
            input=str(self._folder / f"{layout}.typ"),
            format="pdf",
            sys_inputs={"letter": letter},
            pdf_standards="ua-1",
            timestamp=noon,
        )
        assert isinstance(made, bytes)  # noqa: S101
        return made

    @cached_property
    def _compiler(self) -> typst.Compiler:
        # The machine's own fonts stay out: the letter looks the same wherever it is made.
        fonts = typst.Fonts(include_system_fonts=False)
        return typst.Compiler(str(self._folder / "letter.typ"), root=str(self._folder), font_paths=fonts)


def as_data(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Blocks that are filled, as the layouts read them."""
    return [_block(block) for block in blocks]


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Bullets(items):
            return {"kind": block.kind, "items": [_spans(item) for item in items]}
        case Button(link):
            # On paper nobody can follow a link whose address is not to be read.
            return {"kind": block.kind, "spans": _spans((link, Break(), Text(_readable(link))))}
    return {"kind": block.kind, "spans": _spans(block.spans)}


def _spans(spans: Spans) -> list[dict[str, Any]]:
    return [_span(span) for span in spans]


def _span(span: Any) -> dict[str, Any]:
    match span:
        case Break():
            return {"kind": "break"}
        case Strong(inner):
            return {"kind": "strong", "spans": _spans(inner)}
        case Link(target, inner):
            return {"kind": "link", "target": target, "spans": _spans(inner)}
    return {"kind": "text", "text": span.text}


def _readable(link: Link) -> str:
    return str(link.target) if str(link.target) not in plain(link.spans) else ""


def _unshown(error: typst.TypstError) -> dict[int, str]:
    """What stands for the signs that no font has: nothing for pictures and controls, a box for letters. Raises LetterProblem."""
    if "too many pages" in error.message:
        raise LetterProblem(f"The letter has more than {MOST_PAGES} pages: shorten its wording") from None
    found = _CANNOT_SHOW.search(error.message)
    if not found:
        raise LetterProblem(f"The PDF cannot be made ({error.message}): mend the layout") from None
    signs = _ESCAPED.sub(lambda escaped: chr(int(escaped.group(1), 16)), found.group(1))
    return {ord(sign): "□" if unicodedata.category(sign)[0] in "LN" else "" for sign in signs}
