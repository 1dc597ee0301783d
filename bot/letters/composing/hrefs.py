"""The links of a letter, each an absolute address."""

from dataclasses import dataclass

from bot.letters.letter import Letter
from bot.letters.links import LetterLinks


@dataclass(frozen=True, slots=True)
class Hrefs:
    """Where a letter leads: its page (with the assistant), its PDF, the enclosed report, and to get no more of them.

    Empty: there is no such page, and nothing leads to it.
    """

    page: str
    pdf: str
    report: str
    stop: str


def hrefs_of(letter: Letter, links: LetterLinks) -> Hrefs:
    """The personal links of ``letter``."""
    return Hrefs(
        page=links.href(letter.id, letter.dated),
        pdf=links.href(letter.id, letter.dated, "/letter.pdf"),
        report=links.href(letter.id, letter.dated, "/report.pdf"),
        stop=links.href(letter.id, letter.dated, "/stop"),
    )


def public_hrefs(public_url: str) -> Hrefs:
    """The links of the letter to everybody, which anyone may read."""
    return Hrefs(page=f"{public_url}/chat", pdf=f"{public_url}/letter.pdf", report="", stop="")
