"""The letter for somebody who asks for it: what their conversation knows, as far as it may go into a mail."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs import school_year
from bot.letters import reading
from bot.letters.asking.inviting import inviting_cohort, only_cohort
from bot.letters.letter import Letter, LetterSchool
from bot.letters.problems import LetterUnknown
from bot.letters.reading import school_columns
from bot.london import LONDON
from bot.registrations.contact_details import is_name
from bot.schools.search import by_urn
from bot.store.tables import LetterRow, RegistrationRow


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and what their conversation knows. ``email`` is checked and in small letters.

    ``came_from`` is the letter that they came from, by its id. ``name`` is that of the person at ``email``, as they registered
    with it, ``urn`` their school, ``cohort_id`` their hub. Each may be unknown: empty or None.
    """

    email: str
    conversation_id: str
    came_from: str | None = None
    name: str = ""
    urn: int | None = None
    cohort_id: str | None = None


async def write_letter(session: AsyncSession, asking: Asking, now: datetime) -> Letter:
    """Writes the letter's row, and returns the letter; the caller puts its mail into the outbox, and commits."""
    today = now.astimezone(LONDON).date()
    origin = await _origin(session, asking.came_from)
    own_cohort, own_urn = await _own_registration(session, asking.conversation_id)
    school = await _school(session, asking.urn or own_urn) or (origin.school if origin else None)
    year = school_year(today)
    known = (origin.place.cohort_id if origin and origin.place else None, asking.cohort_id, own_cohort)
    cohort_id = await inviting_cohort(session, known, year)
    if cohort_id is None and school is None:
        cohort_id = await only_cohort(session, year)
    row = {
        "id": str(uuid4()),
        "kind": "asked",
        "year": year,
        "cohort_id": cohort_id,
        "conversation_id": asking.conversation_id,
        "email": asking.email,
        "name": _name(asking, origin, school),
        **school_columns(school),
        "dated": today,
        "state": "released",
        "created_at": now,
        "released_at": now,
        "reminders": 0,
    }
    await session.execute(insert(LetterRow).values(row))
    return await reading.letter(session, str(row["id"]))


async def _origin(session: AsyncSession, letter_id: str | None) -> Letter | None:
    """The letter that the person came from, unless it was erased meanwhile."""
    try:
        return await reading.letter(session, letter_id) if letter_id else None
    except LetterUnknown:
        return None


async def _own_registration(session: AsyncSession, conversation_id: str) -> tuple[str | None, int | None]:
    """Hub and school of what was registered last in this conversation."""
    row = RegistrationRow
    found = await session.execute(
        select(row.cohort_id, row.urn)
        .where(row.conversation_id == conversation_id, row.state != "withdrawn")
        .order_by(row.created_at.desc())
        .limit(1)
    )
    registered = found.one_or_none()
    return (registered.cohort_id, registered.urn) if registered else (None, None)


async def _school(session: AsyncSession, urn: int | None) -> LetterSchool | None:
    """The school as the register has it: what somebody typed of one is not put into a mail."""
    school = await by_urn(session, urn) if urn else None
    if school is None:
        return None
    address = tuple(line for line in (school.street, school.locality) if line)
    return LetterSchool(school.name, address, school.town, school.postcode, school.urn)


def _name(asking: Asking, origin: Letter | None, school: LetterSchool | None) -> str:
    """Of the person who registered, or of the head that the letter was written to; else it is a letter to the headteacher."""
    known = asking.name or (origin.name if origin and _is_same(origin.school, school) else "")
    return known if is_name(known) else ""


def _is_same(one: LetterSchool | None, other: LetterSchool | None) -> bool:
    return one == other or bool(one and other and one.urn and one.urn == other.urn)
