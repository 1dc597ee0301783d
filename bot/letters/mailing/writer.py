"""Writes the mails of letters when they leave, as the letter, its hub and its school are then."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, Protocol

from sqlalchemy import bindparam, exists
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.composing.hrefs import Hrefs, hrefs_of
from bot.letters.composing.hub_letter import HubLetter, hub_letter
from bot.letters.following_up.registered import is_registered
from bot.letters.following_up.unanswered import is_unanswered
from bot.letters.letter import Letter
from bot.letters.links import LetterLinks
from bot.letters.mailing.hours import LetterHours
from bot.letters.mailing.posting import PostKind
from bot.letters.problems import LetterProblem
from bot.letters.reading import as_letter, letters
from bot.letters.suppression import Suppression
from bot.outbox.leasing import Leased
from bot.outbox.mail import Attachment
from bot.outbox.retry import NotSent, Postponed, Withheld
from bot.outbox.writer import Writer, Writing
from bot.store.tables import LetterRow, SuppressionRow

WRITTEN: tuple[PostKind, ...] = ("letter", "letter_attached", "letter_asked", "letter_reminder", "letter_last_reminder")
_WITH_FILES = ("letter_attached", "letter_asked")
_HELD_SECONDS = 10.0
"""For so long a hub's wording and report are not read again: a report may have megabytes, and a mailing thousands of mails."""


# Made once, and one question to the database, as it is asked for each of thousands.
_IS_SUPPRESSED = exists().where(SuppressionRow.address_hash == bindparam("address_hash"))
_LETTER = letters().add_columns(_IS_SUPPRESSED.label("is_suppressed")).where(LetterRow.id == bindparam("letter_id"))


class Written(Protocol):
    """A mail's words, as ``LetterForms`` gives them."""

    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...


class Forms(Protocol):
    """What ``LetterForms`` does of it."""

    def mail(self, letter: Letter, own: HubLetter, hrefs: Hrefs) -> Written: ...
    def reminder(
        self, letter: Letter, own: HubLetter, hrefs: Hrefs, which: Literal["reminder", "last_reminder"]
    ) -> Written: ...
    def pdf(self, letter: Letter, own: HubLetter) -> bytes: ...
    def report(self, own: HubLetter) -> tuple[str, bytes]: ...


@dataclass(frozen=True, slots=True)
class _Own:
    letter: HubLetter
    until: float
    report: Attachment | None = None


class LetterWriter:
    """Implements ``bot.outbox.writer.Writer``. ``pdf_name`` is the file name of an attached letter."""

    def __init__(
        self,
        forms: Forms,
        links: LetterLinks,
        suppression: Suppression,
        hours: LetterHours,
        pdf_name: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._forms = forms
        self._links = links
        self._suppression = suppression
        self._hours = hours
        self._pdf_name = pdf_name
        self._now = now
        self._own: dict[str | None, _Own] = {}

    async def read(self, session: AsyncSession, mail: Leased) -> Writing:
        if mail.kind != "letter_asked" and not self._hours.are_on(now := self._now()):
            return _refusing(Postponed(self._hours.next(now), "outside the hours for letters (PSQM_LETTER_HOURS)"))
        try:
            letter = await _standing(session, mail, self._suppression, self._now())
        except Withheld as why:
            return _refusing(why)
        own = await self._own_of(session, letter.hub_id)
        return lambda: self._write(mail, letter, own)

    async def _write(self, mail: Leased, letter: Letter, own: HubLetter) -> Leased:
        try:
            return await self._written(mail, letter, own)
        except LetterProblem as problem:
            raise NotSent("never", "the letter cannot be written", str(problem)) from problem

    async def _written(self, mail: Leased, letter: Letter, own: HubLetter) -> Leased:
        hrefs = hrefs_of(letter, self._links)
        if mail.kind == "letter_reminder":
            words = self._forms.reminder(letter, own, hrefs, "reminder")
        elif mail.kind == "letter_last_reminder":
            words = self._forms.reminder(letter, own, hrefs, "last_reminder")
        else:
            words = self._forms.mail(letter, own, hrefs)
        files = await self._files(letter, own) if mail.kind in _WITH_FILES else []
        attachments = [file.to_json() for file in files]
        return replace(mail, subject=words.subject, text=words.text, html=words.html, attachments=attachments)

    async def _files(self, letter: Letter, own: HubLetter) -> list[Attachment]:
        pdf = await asyncio.to_thread(self._forms.pdf, letter, own)
        held = self._own[letter.hub_id]
        if held.report is None:
            name, content = await asyncio.to_thread(self._forms.report, own)
            held = replace(held, report=Attachment(name, "application/pdf", content))
            self._own[letter.hub_id] = held
        return [Attachment(self._pdf_name, "application/pdf", pdf), *([held.report] if held.report else [])]

    async def _own_of(self, session: AsyncSession, hub_id: str | None) -> HubLetter:
        held = self._own.get(hub_id)
        if held is None or held.until < time.monotonic():
            held = _Own(await hub_letter(session, hub_id), time.monotonic() + _HELD_SECONDS)
            self._own[hub_id] = held
        return held.letter


def _refusing(why: Withheld | Postponed) -> Writing:
    async def refuse() -> Leased:
        raise why

    return refuse


def written_by(writer: Writer) -> dict[str, Writer]:
    """The kinds of mails that ``writer`` writes, as a worker wants them."""
    return dict.fromkeys(WRITTEN, writer)


async def _standing(session: AsyncSession, mail: Leased, suppression: Suppression, now: datetime) -> Letter:
    """The letter of a mail that may still leave; raises Withheld."""
    asked = {"letter_id": mail.letter_id or "", "address_hash": suppression.hashed(mail.recipient)}
    row = (await session.execute(_LETTER, asked)).one_or_none()
    if row is None:
        raise Withheld("the letter was erased, so nobody is written to")
    kept: LetterRow = row.LetterRow
    if mail.kind == "letter_asked":
        return as_letter(row)
    if kept.stopped_at:
        raise Withheld("this person has unsubscribed")
    if row.is_suppressed:
        raise Withheld("no letter goes to this address any more")
    if mail.kind in ("letter_reminder", "letter_last_reminder"):
        if kept.bounced_at:
            raise Withheld("the letter could not be delivered")
        if kept.replied_at:
            raise Withheld("this person has replied")
        if await is_registered(session, kept.year, kept.email, kept.urn):
            raise Withheld("the school is registered")
        if not await is_unanswered(session, kept.id, now):
            raise Withheld("something came of the letter meanwhile, or there is nothing left to join")
    return as_letter(row)
