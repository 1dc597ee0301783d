"""Two hubs, of Hal's and of Ida's, for tests of what leaders do."""

from datetime import date, time
from typing import NamedTuple

from sqlalchemy import select

from bot.hubs import add_hub, add_leader
from bot.registrations.application import Applicant, ApplyingSchool
from bot.store.database import Database
from bot.store.tables import CohortRow, HubRow
from tests.put_down import NOW, YEAR, make_hub

IDA = "ida@mill.example"


class TwoHubs(NamedTuple):
    """Cohorts of this year, and the hubs they belong to."""

    hals: str
    idas: str
    hals_hub: str
    idas_hub: str


async def two_hubs(database: Database, capacity: int = 10) -> TwoHubs:
    """Both with so many places."""
    hals = await make_hub(database, capacity=capacity)
    async with database.writing() as session:
        await add_leader(session, "Ida Mill", IDA)
        idas_hub = await add_hub(
            session,
            name="Mill hub",
            leader_email=IDA,
            postcode="TE2 9ZZ",
            easting=505_000,
            northing=205_000,
            year=YEAR,
            capacity=capacity,
            session_on=date(2027, 1, 20),
            session_at=time(9, 30),
            session_venue="Mill House",
            now=NOW,
        )
        idas = await session.scalar(select(CohortRow.id).where(CohortRow.hub_id == idas_hub))
        hals_hub = await session.scalar(select(HubRow.id).where(HubRow.id != idas_hub))
        await session.commit()
    assert idas is not None and hals_hub is not None
    return TwoHubs(hals, idas, hals_hub, idas_hub)


def another(number: int) -> tuple[ApplyingSchool, Applicant]:
    """A school like many, and its head."""
    school = ApplyingSchool(f"School {number}", "Testham", f"TE3 {number % 10}AA", None)
    return school, Applicant(f"Head {'abcdefghij'[number % 10]}", "headteacher", f"head{number}@s{number}.example", "")
