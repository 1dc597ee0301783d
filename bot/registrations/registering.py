"""A school is registered: one transaction decides whether it holds a place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import uuid4

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.registrations.application import Application
from bot.registrations.assigning import take_for_waiting
from bot.registrations.notices import Notices
from bot.registrations.offering import take
from bot.registrations.people import add_contact
from bot.registrations.problems import RegistrationUnknown
from bot.registrations.reading import registration, school_key
from bot.registrations.registration import Contact, Registration, State
from bot.registrations.rows import Standing, lock_cohort, lock_registration, note, record
from bot.store.inserting import insert_once
from bot.store.tables import RegistrationRow

type Outcome = Literal["held", "waiting", "joined", "already"]


@dataclass(frozen=True, slots=True)
class Registered:
    """The registration as it is now, and what the application came to.

    held: it has a place. waiting: it is on the waiting list. joined: the school was there, the person is new to it.
    already: the same person again, and nothing was written.
    """

    registration: Registration
    outcome: Outcome


async def register(session: AsyncSession, application: Application, now: datetime, notices: Notices) -> Registered:
    """Registers a school for a year, or joins the person to what is there. The caller commits.

    A school that waits without an offer and now asks for a hub with a place gets that place. Raises ValueError when the
    cohort does not exist or is of another year.
    """
    await _lock_cohort(session, application)
    while True:
        existing = await _existing(session, application)
        if existing is not None:
            return await _join(session, existing, application, now, notices)
        if (added := await _add(session, application, now)) is not None:
            break
        # The same school came between, in another transaction: what it has written is there to be joined.
    await add_contact(session, added, application.applicant, application.consent, now, is_first=True)
    held = application.cohort_id is not None and await take(session, application.cohort_id)
    if held:
        await record(session, added, "interested", "applicant", "Registered.", now)
    else:
        await note(session, added, "waiting", "applicant", "Registered.", now)
    result = await registration(session, added)
    await (notices.registered if held else notices.waiting)(session, result, now)
    return Registered(result, "held" if held else "waiting")


async def _lock_cohort(session: AsyncSession, application: Application) -> None:
    year = await lock_cohort(session, application.cohort_id)
    if application.cohort_id is not None and year != application.year:
        raise ValueError(f"There is no cohort {application.cohort_id} of the school year {application.year}")


async def _existing(session: AsyncSession, application: Application) -> Standing | None:
    row = RegistrationRow
    found = await session.scalar(
        select(row.id).where(
            row.school_key == school_key(application.school), row.year == application.year, row.state != "withdrawn"
        )
    )
    if found is None:
        return None
    try:
        standing = await lock_registration(session, found)
    except RegistrationUnknown:
        return None  # erased meanwhile
    return standing if standing.state != "withdrawn" else None


async def _add(session: AsyncSession, application: Application, now: datetime) -> str | None:
    school = application.school
    row = {
        "id": str(uuid4()),
        "year": application.year,
        "school_key": school_key(school),
        "urn": school.urn,
        "school_name": school.name,
        "school_town": school.town,
        "school_postcode": school.postcode,
        "by_hand": school.urn is None,
        "cohort_id": application.cohort_id,
        "state": "waiting",
        "conversation_id": application.conversation_id,
        "created_at": now,
        "updated_at": now,
    }
    unless_there = insert_once(
        session, RegistrationRow, row, unique=["school_key", "year"], where=text("state <> 'withdrawn'")
    )
    added: str | None = await session.scalar(unless_there.returning(RegistrationRow.id))
    return added


async def _join(
    session: AsyncSession, existing: Standing, application: Application, now: datetime, notices: Notices
) -> Registered:
    applicant, consent = application.applicant, application.consent
    person_id, is_new = await add_contact(session, existing.id, applicant, consent, now, is_first=False)
    got_a_place = await take_for_waiting(
        session, existing, application.cohort_id, "applicant", "Asked again, for a hub with a place.", now
    )
    if is_new:
        why = "Another person of the school registered it too."
        state: State = "interested" if got_a_place else existing.state
        await record(session, existing.id, state, "applicant", why, now)
    result = await registration(session, existing.id)
    if is_new:
        await notices.joined(session, result, now, _contact(result, person_id))
    if got_a_place:
        await notices.registered(session, result, now)
        return Registered(result, "held")
    return Registered(result, "joined" if is_new else "already")


def _contact(registration: Registration, person_id: str) -> Contact:
    return next(contact for contact in registration.contacts if contact.person_id == person_id)
