"""A hub, schools and people for tests that need a registration."""

from datetime import UTC, date, datetime, time

from bot.hubs import add_hub, add_leader
from bot.hubs.finding import nearest
from bot.registrations.application import Applicant, Application, ApplyingSchool
from bot.registrations.notices import Notices, SilentNotices
from bot.registrations.registering import register
from bot.registrations.registration import Registration
from bot.store.database import Database

YEAR = 2026
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
CONSENT = "Yes, you may keep my details to hold a place for our school."
ANN = Applicant("Ann Lee", "headteacher", "ann.lee@fairview.example", "01632 960123")
BOB = Applicant("Bob O'Brien", "deputy head", "bob@fairview.example", "01632 960456")
CY = Applicant("Cy Young", "science subject leader", "cy@oak.example", "")
FAIRVIEW = ApplyingSchool("Fairview Primary School", "Testham", "TE1 1ST", None)
OAK = ApplyingSchool("Oak Primary School", "Testham", "TE1 2ND", None)


async def make_hub(
    database: Database, *, capacity: int = 10, session_on: date | None = date(2027, 1, 14), year: int = YEAR
) -> str:
    """A hub led by Hal Hubbard, with a cohort of ``year``; returns the cohort's id."""
    async with database.writing() as session:
        await add_leader(session, "Hal Hubbard", "hal@hub.example")
        await add_hub(
            session,
            name="Testham hub",
            leader_email="hal@hub.example",
            postcode="TE1 9ZZ",
            easting=500_000,
            northing=200_000,
            year=year,
            capacity=capacity,
            session_on=session_on,
            session_at=time(13, 30) if session_on else None,
            session_venue="Oak Library" if session_on else "",
            now=NOW,
        )
        found = await nearest(session, None, None, year, 40)
        await session.commit()
    return found[0].place.cohort_id


async def put_down(
    database: Database,
    cohort_id: str | None,
    school: ApplyingSchool = FAIRVIEW,
    applicant: Applicant = ANN,
    *,
    notices: Notices | None = None,
    conversation_id: str | None = None,
    now: datetime = NOW,
) -> Registration:
    """Registers the school for the cohort's places."""
    application = Application(school, applicant, CONSENT, YEAR, cohort_id, conversation_id)
    async with database.writing() as session:
        registered = await register(session, application, now, notices or SilentNotices())
        await session.commit()
    return registered.registration
