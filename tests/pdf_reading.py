"""Reads a PDF as a person does: what is written where; lengths in millimetres from the sheet's left and top."""

from dataclasses import dataclass
from pathlib import Path

import pypdfium2

_POINTS_IN_A_MILLIMETRE = 72 / 25.4


@dataclass(frozen=True)
class Line:
    """Words on one line, and the box around them."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def pages(pdf: bytes) -> list[str]:
    """The words of each page, white space as one blank."""
    document = pypdfium2.PdfDocument(pdf)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def text(pdf: bytes) -> str:
    """All words."""
    return " ".join(pages(pdf))


def lines(pdf: bytes, page: int = 0) -> list[Line]:
    """The lines of a page, in the order in which they are written."""
    sheet = pypdfium2.PdfDocument(pdf)[page]
    words, height = sheet.get_textpage(), sheet.get_height()
    words.count_rects()
    found = []
    for n in range(words.count_rects()):
        left, bottom, right, top = words.get_rect(n)
        box = (left, height - top, right, height - bottom)
        said = words.get_text_bounded(left, bottom, right, top)
        found.append(Line(said, *(length / _POINTS_IN_A_MILLIMETRE for length in box)))
    return found


def draw(pdf: bytes, folder: Path, name: str) -> list[Path]:
    """Pictures of the pages, for a reviewer."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for n, page in enumerate(pypdfium2.PdfDocument(pdf), start=1):
        drawn.append(folder / f"{name}-{n}.png")
        page.render(scale=1.5).to_pil().save(drawn[-1])
    return drawn
