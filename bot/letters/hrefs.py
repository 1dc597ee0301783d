"""The addresses that a letter links."""

from dataclasses import dataclass

from bot.letters.letter import Letter
from bot.letters.links import LetterLinks


@dataclass(frozen=True, slots=True)
class Hrefs:
    """Absolute addresses."""

    page: str
    pdf: str
    report: str
    stop: str


def hrefs_of(letter: Letter, links: LetterLinks) -> Hrefs:
    """The addresses of this letter."""
    page = links.href(letter.id, letter.dated)
    return Hrefs(page, f"{page}/letter.pdf", f"{page}/report.pdf", f"{page}/stop")
