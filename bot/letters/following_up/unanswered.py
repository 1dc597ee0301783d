"""Which letters nothing has come of: neither a visit nor an answer of any kind, while there is still something to join."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.letters.letter import Letter
from bot.letters.reading import as_letter, letters
from bot.letters.suppression import Suppression
from bot.london import LONDON
from bot.registrations.application import ApplyingSchool
from bot.registrations.school_key import school_key
from bot.store.tables import (
    CohortRow,
    ContactRow,
    InboundRow,
    LetterRow,
    MailingRow,
    OutboxRow,
    PersonRow,
    RegistrationRow,
    SchoolRow,
)

ReminderKind = Literal["letter_reminder", "letter_last_reminder"]

_PAGE = 200
_BEFORE: dict[ReminderKind, tuple[str, ...]] = {
    "letter_reminder": ("letter", "letter_attached"),
    "letter_last_reminder": ("letter_reminder",),
}
"""The mails that a reminder follows."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A letter that is to be followed by a reminder; ``rate`` is its mailing's, in mails a minute."""

    letter: Letter
    kind: ReminderKind
    rate: int


async def unanswered(
    session: AsyncSession, now: datetime, kind: ReminderKind, days: int, suppression: Suppression
) -> AsyncIterator[Unanswered]:
    """Letters whose last mail was sent ``days`` days ago or more, the oldest first. Asked letters are never among them."""
    mail_id = 0
    while True:
        page = (await session.execute(_sent_and_silent(now, kind, days).where(OutboxRow.id > mail_id))).all()
        found = [Unanswered(as_letter(row), kind, row.rate) for row in page]
        letters_ = [it.letter for it in found]
        decided = await suppression.among(session, {letter.email for letter in letters_})
        decided |= await _decided(session, letters_)
        for it in found:
            if it.letter.email not in decided:
                yield it
        if len(page) < _PAGE:
            return
        mail_id = page[-1].mail_id


async def is_unanswered(session: AsyncSession, letter_id: str, now: datetime) -> bool:
    """Whether still nothing has come of this letter: asked again when a reminder of it leaves.

    Whoever wants no letters is not looked for here: the writer does, for every mail that nobody asked for.
    """
    row = (await session.execute(letters().where(LetterRow.id == letter_id, *_silent(now)))).one_or_none()
    return row is not None and not await _decided(session, [as_letter(row)])


def nothing_came() -> tuple[ColumnElement[bool], ...]:
    """That of a letter itself nothing came."""
    row = LetterRow
    return tuple(moment.is_(None) for moment in (row.visited_at, row.replied_at, row.bounced_at, row.stopped_at))


def _sent_and_silent(now: datetime, kind: ReminderKind, days: int) -> Select[*tuple[Any, ...]]:
    return (
        letters()
        .add_columns(OutboxRow.id.label("mail_id"), MailingRow.rate)
        .join(MailingRow, MailingRow.id == LetterRow.mailing_id)
        .join(OutboxRow, OutboxRow.letter_id == LetterRow.id)
        .where(
            OutboxRow.kind.in_(_BEFORE[kind]),
            OutboxRow.state == "sent",
            OutboxRow.sent_at <= now - timedelta(days=days),
            LetterRow.reminders == (0 if kind == "letter_reminder" else 1),
            MailingRow.state != "paused",
            *_silent(now),
        )
        .order_by(OutboxRow.id)
        .limit(_PAGE)
    )


def _silent(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        LetterRow.kind == "area",
        LetterRow.state == "released",
        *nothing_came(),
        ~_answered_otherwise(),
        ~_wrote(),
        ~exists().where(SchoolRow.urn == LetterRow.urn, SchoolRow.status == "closed"),
        CohortRow.is_open.is_(True),
        CohortRow.taken < CohortRow.capacity,
        CohortRow.session_on > _today(now),
    )


def _answered_otherwise() -> ColumnElement[bool]:
    """Another letter to the address was answered this year, or asked for; or refused, in whatever year."""
    other = aliased(LetterRow)
    took_notice = or_(other.kind == "asked", other.visited_at.is_not(None), other.replied_at.is_not(None))
    refused = or_(other.stopped_at.is_not(None), other.bounced_at.is_not(None))
    return exists().where(
        other.email == LetterRow.email,
        other.id != LetterRow.id,
        or_(and_(other.year == LetterRow.year, took_notice), refused),
    )


def _wrote() -> ColumnElement[bool]:
    """A mail from the address, or about the letter, has arrived, also when nobody has looked at it yet."""
    row = InboundRow
    was_written = row.state.in_(("new", "answered", "handed_over", "failed"))
    # Two questions, as each follows another way: the index on senders; and a list that is made once.
    about_letters = select(row.letter_id).where(row.letter_id.is_not(None), was_written)
    return or_(exists().where(row.sender == LetterRow.email, was_written), LetterRow.id.in_(about_letters))


async def _decided(session: AsyncSession, letters_: Sequence[Letter]) -> set[str]:
    """The addresses of those letters whose school, or whose person, registered for the letter's year.

    Whoever has withdrawn since has answered too.
    """
    keys = {(letter.year, key): letter.email for letter in letters_ for key in _school_keys(letter)}
    row = RegistrationRow
    schools = await session.execute(
        select(row.year, row.school_key).where(row.school_key.in_({key for _, key in keys})).distinct()
    )
    by_school = {(year, key) for year, key in schools}
    people = await session.execute(
        select(row.year, PersonRow.email)
        .join(ContactRow, ContactRow.registration_id == row.id)
        .join(PersonRow, PersonRow.id == ContactRow.person_id)
        .where(PersonRow.email.in_({letter.email for letter in letters_}))
    )
    by_person = {(year, email) for year, email in people}
    return {
        letter.email
        for letter in letters_
        if (letter.year, letter.email) in by_person
        or any((letter.year, key) in by_school for key in _school_keys(letter))
    }


def _school_keys(letter: Letter) -> Collection[str]:
    """How the letter's school may have been registered: as the one of the register, or by hand."""
    if (school := letter.school) is None:
        return ()
    by_hand = ApplyingSchool(school.name, school.town, school.postcode, None)
    return {school_key(by_hand)} | ({f"urn:{school.urn}"} if school.urn is not None else set())


def _today(now: datetime) -> date:
    return now.astimezone(LONDON).date()
