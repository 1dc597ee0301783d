"""The people of a registration, each known by their email."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.registrations.application import Applicant
from bot.store.inserting import insert_once
from bot.store.tables import ConsentRow, ContactRow, PersonRow


async def add_contact(
    session: AsyncSession, registration_id: str, applicant: Applicant, consent: str, now: datetime, *, is_first: bool
) -> tuple[str, bool]:
    """Makes the applicant a person of the registration, and keeps what they agreed to.

    Returns the person's id, and whether they are new to the registration. What is on record of a person stands, whoever types
    their email: they correct it through their own link. Only a phone number that was missing is filled in.
    """
    person_id = await _person(session, applicant, now)
    since = now if is_first else await _after_the_others(session, registration_id, now)
    contact = {"registration_id": registration_id, "person_id": person_id, "since": since}
    is_new = await session.scalar(
        insert_once(session, ContactRow, contact, unique=["registration_id", "person_id"]).returning(ContactRow.since)
    )
    if is_new is None:
        return person_id, False
    await session.execute(
        insert(ConsentRow).values(id=str(uuid4()), person_id=person_id, wording=consent, given_at=now)
    )
    if applicant.phone:
        await session.execute(
            update(PersonRow)
            .where(PersonRow.id == person_id, PersonRow.phone == "")
            .values(phone=applicant.phone)
            .execution_options(synchronize_session=False)
        )
    return person_id, True


async def _after_the_others(session: AsyncSession, registration_id: str, now: datetime) -> datetime:
    """``now``, or later: clocks differ between machines, and who came first is who is written to."""
    row = select(ContactRow.since).where(ContactRow.registration_id == registration_id)
    last = await session.scalar(row.order_by(ContactRow.since.desc()).limit(1))
    return max(now, last + timedelta(microseconds=1)) if last else now


async def _person(session: AsyncSession, applicant: Applicant, now: datetime) -> str:
    email = applicant.email.strip().lower()
    row = {
        "id": str(uuid4()),
        "email": email,
        "name": applicant.name.strip(),
        "role": applicant.role.strip(),
        "phone": applicant.phone.strip(),
        "created_at": now,
    }
    new: str | None = await session.scalar(
        insert_once(session, PersonRow, row, unique=["email"]).returning(PersonRow.id)
    )
    return new or (await session.scalars(select(PersonRow.id).where(PersonRow.email == email))).one()
