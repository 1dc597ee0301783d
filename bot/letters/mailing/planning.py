"""Who of a file gets a hub's letter, who does not, and why: looked up before anything is written."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import batched
from typing import Literal, Protocol
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs.finding import as_place, places
from bot.hubs.place import Place
from bot.letters.composing.hub_letter import HubLetter, hub_letter
from bot.letters.following_up.registered import registered_among
from bot.letters.letter import Letter
from bot.letters.mailing.area import as_letter_school
from bot.letters.mailing.recipients import Recipient, RecipientsRefused
from bot.letters.problems import LetterProblem
from bot.letters.suppression import Suppression
from bot.outbox.reserved import is_for_examples
from bot.store.tables import CohortRow, LetterRow, SchoolRow

_AT_ONCE = 500

Why = Literal["no_address", "twice", "elsewhere", "school_closed", "example", "suppressed", "had", "registered"]
"""Why somebody of the file gets no letter; the first reason that holds."""


class Checks(Protocol):
    """What ``LetterForms`` does of it."""

    def check(self, letter: Letter, own: HubLetter) -> None:
        """Raises LetterProblem for whatever keeps the letter from being composed."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line of the file to which no letter goes."""

    recipient: Recipient
    why: Why


@dataclass(frozen=True, slots=True)
class Plan:
    """The letters that a hub would send, and to whom of the file it would not. ``is_open``: it still takes schools."""

    place: Place
    is_open: bool
    recipients: tuple[Recipient, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """The round of letters that is planned: the hub of ``cohort_id``; ``urns``, where given, are those of the area, and nobody
    else gets one. ``reaches_people``: mail really leaves. ``dated``: what the letters say."""

    cohort_id: str
    dated: date
    reaches_people: bool
    urns: Collection[int] | None = None


async def plan(
    session: AsyncSession, asked: Round, recipients: Sequence[Recipient], forms: Checks, suppression: Suppression
) -> Plan:
    """Who of ``recipients``, of whom there is one at least, gets the letter.

    Raises LetterProblem when the hub cannot send letters yet or nobody would be found on the suppression list, and
    RecipientsRefused for a URN that no school has.
    """
    await suppression.check(session)
    row = (
        await session.execute(
            places().where(CohortRow.id == asked.cohort_id).add_columns(CohortRow.is_open, CohortRow.hub_id)
        )
    ).one()
    place = as_place(row)
    own = await hub_letter(session, row.hub_id)
    if place.is_example and asked.reaches_people:
        raise LetterProblem(f"{place.hub_name} is an example and writes to nobody: add a hub with psqm hubs add")
    schools = await _schools(session, recipients)
    addressed = [_with_school(recipient, schools) for recipient in recipients]
    left_out = await _left_out(session, asked, place.year, addressed, schools, suppression)
    writes_to = tuple(recipient for recipient in addressed if recipient.line not in left_out)
    forms.check(_letter((writes_to or addressed)[0], place, row.hub_id, own, asked.dated), own)
    return Plan(
        place,
        row.is_open,
        writes_to,
        tuple(LeftOut(recipient, left_out[recipient.line]) for recipient in addressed if recipient.line in left_out),
    )


async def _schools(session: AsyncSession, recipients: Sequence[Recipient]) -> dict[int, SchoolRow]:
    urns = {recipient.urn for recipient in recipients if recipient.urn}
    found: dict[int, SchoolRow] = {}
    for some in batched(urns, _AT_ONCE, strict=False):
        rows = await session.scalars(select(SchoolRow).where(SchoolRow.urn.in_(some)))
        found.update({school.urn: school for school in rows})
    if unknown := urns - found.keys():
        raise RecipientsRefused(
            [
                f"line {recipient.line}: the register has no school with the URN {recipient.urn}: correct it, or leave it out"
                for recipient in recipients
                if recipient.urn in unknown
            ]
        )
    return found


def _with_school(recipient: Recipient, schools: dict[int, SchoolRow]) -> Recipient:
    school = schools.get(recipient.urn) if recipient.urn else None
    return replace(recipient, school=as_letter_school(school)) if school else recipient


async def _left_out(
    session: AsyncSession,
    asked: Round,
    year: int,
    recipients: Sequence[Recipient],
    schools: dict[int, SchoolRow],
    suppression: Suppression,
) -> dict[int, Why]:
    emails = {recipient.email for recipient in recipients if recipient.email}
    suppressed = await suppression.among(session, emails)
    had = await _had(session, year, emails)
    registered, registered_urns = await registered_among(session, year, emails, schools.keys())
    left_out: dict[int, Why] = {}
    seen: set[str] = set()
    for recipient in recipients:
        email, urn = recipient.email, recipient.urn
        reasons: Iterator[tuple[bool, Why]] = iter(
            (
                (not email, "no_address"),
                (email in seen, "twice"),
                (asked.urns is not None and urn not in asked.urns, "elsewhere"),
                (urn is not None and schools[urn].status == "closed", "school_closed"),
                (asked.reaches_people and is_for_examples(email), "example"),
                (email in suppressed, "suppressed"),
                (email in had, "had"),
                (email in registered or urn in registered_urns, "registered"),
            )
        )
        if why := next((why for holds, why in reasons if holds), None):
            left_out[recipient.line] = why
        seen.add(email)
    return left_out


async def _had(session: AsyncSession, year: int, emails: Collection[str]) -> set[str]:
    row = LetterRow
    had: set[str] = set()
    for some in batched(emails, _AT_ONCE, strict=False):
        had.update(
            await session.scalars(select(row.email).where(row.kind == "area", row.year == year, row.email.in_(some)))
        )
    return had


def _letter(recipient: Recipient, place: Place, hub_id: str, own: HubLetter, dated: date) -> Letter:
    """What would be the letter to ``recipient``."""
    return Letter(
        id=str(uuid4()),
        kind="area",
        year=place.year,
        email=recipient.email,
        name=recipient.name,
        school=recipient.school,
        dated=dated,
        place=place,
        hub_id=hub_id,
        sender_address=own.sender_address,
        conversation_id=None,
    )
