"""What the tests of registrations share: hubs, applications, and notices that remember what they were told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs import add_hub, add_leader
from bot.registrations import registering
from bot.registrations.application import Applicant, Application, ApplyingSchool
from bot.registrations.registering import Registered
from bot.registrations.registration import Contact, Registration
from bot.store.database import Database
from bot.store.tables import CohortRow, RegistrationRow

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
YEAR = 2026
OFFER_DAYS = 7
CONSENT = "Yes, keep these details and share them with the hub's leader."


@dataclass
class Told:
    """Notices that remember whom they told what: ``("registered", "Fairview Primary")``."""

    notes: list[tuple[str, str]] = field(default_factory=list)

    def __getattr__(self, kind: str) -> Any:
        if kind.startswith("_"):
            raise AttributeError(kind)

        async def tell(
            session: AsyncSession, registration: Registration, now: datetime, contact: Contact | None = None
        ) -> None:
            self.notes.append((kind, contact.email if contact else registration.school_name))

        return tell


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database, closed afterwards."""
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


async def new_hub(session: AsyncSession, name: str = "Northfield", **chosen: Any) -> str:
    """Adds a hub with two places, unless ``chosen`` otherwise; returns its cohort's id."""
    await add_leader(session, "Rosa Lind", "rosa@hubs.example")
    about = {
        "leader_email": "rosa@hubs.example",
        "postcode": "XX1 1AA",
        "easting": 500_000,
        "northing": 200_000,
        "year": YEAR,
        "capacity": 2,
        "now": NOW,
    }
    hub_id = await add_hub(session, name=name, **(about | chosen))
    return (await session.scalars(select(CohortRow.id).where(CohortRow.hub_id == hub_id))).one()


def application(
    school: str | ApplyingSchool = "Fairview Primary",
    cohort_id: str | None = None,
    *,
    email: str = "ann@fairview.example",
    **chosen: Any,
) -> Application:
    """An application; of a school that is not in the register when only its name is given."""
    about = {
        "school": ApplyingSchool(school, "Barnham", "XX2 3BB", None) if isinstance(school, str) else school,
        "applicant": Applicant("Ann Lee", "Headteacher", email, ""),
        "consent": CONSENT,
        "year": YEAR,
        "cohort_id": cohort_id,
        "conversation_id": None,
    }
    return Application(**(about | chosen))


async def register(
    database: Database, application: Application, told: Told | None = None, now: datetime = NOW
) -> Registered:
    """Registers in a transaction of its own."""
    async with database.writing() as session:
        registered = await registering.register(session, application, now, told or Told())
        await session.commit()
    return registered


async def taken(database: Database, cohort_id: str) -> int:
    """How many places the cohort says are taken."""
    async with database.reading() as session:
        return (await session.scalars(select(CohortRow.taken).where(CohortRow.id == cohort_id))).one()


async def held(database: Database, cohort_id: str) -> int:
    """How many places registrations hold, counted one by one."""
    row = RegistrationRow
    holding = or_(row.state.in_(["interested", "confirmed"]), row.offered_until.is_not(None))
    async with database.reading() as session:
        counted = await session.scalar(select(func.count()).where(row.cohort_id == cohort_id, holding))
    return counted or 0
