"""The four forms of a letter: mail (HTML and text), PDF, page; with its reminders and the report that is enclosed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from markupsafe import Markup

from bot.facts import Facts
from bot.letters.composing import placeholders, sender
from bot.letters.composing.as_mail import MailComposer
from bot.letters.composing.as_page import PageComposer
from bot.letters.composing.as_pdf import PdfComposer, as_data
from bot.letters.composing.blocks import Wording, plain
from bot.letters.composing.filling import filled
from bot.letters.composing.hrefs import Hrefs, hrefs_of, public_hrefs
from bot.letters.composing.hub_letter import STANDARD, HubLetter
from bot.letters.composing.standard import crowded_letter, standard_letter
from bot.letters.composing.wording import parse
from bot.letters.letter import Letter
from bot.letters.links import LetterLinks
from bot.letters.problems import LetterProblem
from bot.notices import phrases

Which = Literal["letter", "reminder", "last_reminder"]
STANDARD_WORDINGS = ("letter", "report", "reminder", "last_reminder")
LAYOUTS = ("mail.mjml", "mail.txt", "page.html", "letter.typ", "report.typ", "sheet.typ")

_WORDINGS_KEPT = 64


@dataclass(frozen=True, slots=True)
class LetterMail:
    """A mail's subject, in one line, and its two bodies."""

    subject: str
    text: str
    html: str


class LetterForms:
    """Composes letters. ``standard`` holds the ``STANDARD_WORDINGS``; ``layout`` is the folder that says how they look.

    Made once for a process (``bot.letters.opening``): it keeps what it read and compiled. Several threads may use it.
    """

    def __init__(
        self, facts: Facts, standard: Mapping[str, Wording], layout: Path, links: LetterLinks, public_url: str
    ) -> None:
        self._facts = facts
        self._standard = standard
        self._links = links
        self._public = public_hrefs(public_url)
        self._mail = MailComposer(layout)
        self._page = PageComposer(layout)
        self._pdf = PdfComposer(layout)
        self._own_wording = lru_cache(_WORDINGS_KEPT)(self._checked)
        self._check_standard = cache(self._fit_standard)

    def mail(self, letter: Letter, own: HubLetter, hrefs: Hrefs) -> LetterMail:
        """The letter as a mail. Raises LetterProblem."""
        return self._as_mail(self._wording(own), letter, own, hrefs, dated=sender.day(letter))

    def reminder(
        self, letter: Letter, own: HubLetter, hrefs: Hrefs, which: Literal["reminder", "last_reminder"]
    ) -> LetterMail:
        """A short mail that recalls the letter. Raises LetterProblem."""
        return self._as_mail(self._standard[which], letter, own, hrefs, dated="")

    def page(self, letter: Letter, own: HubLetter, hrefs: Hrefs | None) -> Markup:
        """The letter's body for a web page, an ``<article>``; without ``hrefs`` what anybody may read. Raises LetterProblem."""
        wording = self._filled(self._wording(own), letter, own, hrefs or self._public)
        return self._page.compose(wording, self._around(letter, own))

    def pdf(self, letter: Letter, own: HubLetter) -> bytes:
        """The letter on A4 paper, as PDF/UA-1. Raises LetterProblem."""
        return self._on_paper(self._wording(own), letter, own)

    def report(self, own: HubLetter) -> tuple[str, bytes]:
        """File name and PDF of the enclosed report. Raises LetterProblem."""
        if own.report is not None:
            return own.report_name or "report.pdf", own.report
        return f"{self._facts.short_name}-what-taking-part-entails.pdf", self._standard_report

    def check(self, letter: Letter, own: HubLetter) -> None:
        """Raises LetterProblem, which says how to mend it, for whatever keeps this letter from being composed and sent."""
        if own.wording:
            self.check_wording(own.wording)
        else:
            self._check_standard()
        if letter.kind == "asked":
            return
        if (place := letter.place) is None:
            raise LetterProblem("A letter to an area is from a hub: choose one with --hub")
        hub = place.hub_name
        if not own.sender_address:
            raise LetterProblem(
                f'{hub} has no sender\'s address: psqm letters address --hub "{hub}" "line, line" sets it'
            )
        if place.session_on is None or place.session_on < letter.dated:
            wrong = "has no date of the first session" if place.session_on is None else "had its first session already"
            raise LetterProblem(f'{hub} {wrong}: psqm hubs set "{hub}" --session-on DATE sets the next')

    def check_wording(self, wording: str) -> None:
        """Raises LetterProblem unless ``wording`` can be every letter of a hub: known placeholders, none missing, two pages."""
        self._own_wording(wording)

    def _wording(self, own: HubLetter) -> Wording:
        return self._own_wording(own.wording) if own.wording else self._standard["letter"]

    def _checked(self, markdown: str) -> Wording:
        wording = parse(markdown)
        self._fit(wording)
        return wording

    def _fit_standard(self) -> None:
        self._fit(self._standard["letter"])

    def _fit(self, wording: Wording) -> None:
        placeholders.check(wording, self._facts, placeholders.NEEDED)
        self._on_paper(wording, crowded_letter(), STANDARD)

    def _as_mail(self, wording: Wording, letter: Letter, own: HubLetter, hrefs: Hrefs, *, dated: str) -> LetterMail:
        enclosed = "the sheet on taking part" if own.report is None else "the report"
        others = (("web page", hrefs.page), ("PDF", hrefs.pdf), (enclosed, hrefs.report))
        around = self._around(letter, own) | {
            "date": dated,
            "because": sender.because(letter, self._facts),
            "others": [(label, href) for label, href in others if href],
            "stop": hrefs.stop,
        }
        bodies = self._mail.compose(self._filled(wording, letter, own, hrefs), around)
        return LetterMail(bodies.subject, bodies.text, bodies.html)

    def _on_paper(self, wording: Wording, letter: Letter, own: HubLetter) -> bytes:
        hrefs = hrefs_of(letter, self._links) if letter.id else self._public
        said = self._filled(wording, letter, own, hrefs)
        content = {
            **self._around(letter, own),
            "title": plain(said.title),
            "blocks": as_data(said.blocks),
            "author": sender.sender(letter, own, self._facts)[0],
            "hub": phrases.hub(letter.place) if letter.place else "",
            "foot": self._facts.scheme_website,
        }
        return self._pdf.compose("letter", content, letter.dated)

    @cached_property
    def _standard_report(self) -> bytes:
        letter = standard_letter(self._facts.source.checked)
        said = self._filled(self._standard["report"], letter, STANDARD, self._public)
        content = {
            "scheme": self._facts.scheme_name,
            "title": plain(said.title),
            "blocks": as_data(said.blocks),
            "author": self._facts.scheme_name,
            "foot": self._facts.scheme_website,
        }
        return self._pdf.compose("report", content, letter.dated)

    def _filled(self, wording: Wording, letter: Letter, own: HubLetter, hrefs: Hrefs) -> Wording:
        return filled(wording, placeholders.values(self._facts, letter, own, hrefs))

    def _around(self, letter: Letter, own: HubLetter) -> dict[str, Any]:
        return {
            "scheme": self._facts.scheme_name,
            "sender": sender.sender(letter, own, self._facts),
            "address": sender.addressee(letter),
            "date": sender.day(letter),
        }
