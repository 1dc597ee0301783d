"""What a first start puts into an empty database, so that a school can be found and registered at once."""

from datetime import UTC, date, datetime
from pathlib import Path

import structlog
from sqlalchemy import exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.facts import FactsError, load_facts
from bot.hubs import add_hub, add_leader, school_year
from bot.schools.importing import import_sample
from bot.store.database import Database
from bot.store.tables import HubRow, SchoolRow

SAMPLE = Path(__file__).parent / "schools" / "sample" / "gias-sample.csv.gz"

_LOCK = 0x50534558  # "PSEX": the key of PostgreSQL's advisory lock
_CAPACITY = "hub_schools"  # the fact that says how many schools a hub takes
_HUB_SCHOOL = 101272  # a primary school of the sample: the example hub is where it is

_log = structlog.get_logger(__name__)


async def load_example_data(database: Database, today: date, facts_path: Path = Path("facts.yml")) -> None:
    """Loads the register's sample and an example hub, of as many places as the facts say, if there is no school and no hub.

    All of it is one transaction; of several processes that start together one does it. Raises StoreUnavailable and FactsError.
    """
    async with database.reading() as session:
        if not await _is_empty(session):
            return
    capacity = _capacity(facts_path)
    async with database.writing() as session:
        if await _is_ours_to_fill(session) and await _is_empty(session):
            report = await import_sample(session, SAMPLE)
            await _add_hub(session, today, capacity)
            await session.commit()
            _log.info("loaded the sample of the school register and an example hub", schools=report.added)


def _capacity(facts_path: Path) -> int:
    fact = load_facts(facts_path).facts.get(_CAPACITY)
    if fact is None or fact.number is None:
        raise FactsError(f"{facts_path}: the fact '{_CAPACITY}' is missing or no number. Add it under 'facts:'.")
    return fact.number


async def _is_empty(session: AsyncSession) -> bool:
    return not await session.scalar(select(exists(select(SchoolRow.urn)) | exists(select(HubRow.id))))


async def _is_ours_to_fill(session: AsyncSession) -> bool:
    """Whether no other process does it just now: SQLite lets one write, PostgreSQL is asked for a lock."""
    if session.get_bind().dialect.name == "sqlite":
        return True
    return bool(await session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}))


async def _add_hub(session: AsyncSession, today: date, capacity: int) -> None:
    school = (await session.execute(select(SchoolRow).where(SchoolRow.urn == _HUB_SCHOOL))).scalar_one()
    assert school.easting is not None and school.northing is not None  # noqa: S101
    leader = "sam.rowan@example.org"
    await add_leader(session, "Sam Rowan", leader)
    await add_hub(
        session,
        name=f"{school.town} example hub",
        leader_email=leader,
        postcode=school.postcode,
        easting=school.easting,
        northing=school.northing,
        year=school_year(today),
        capacity=capacity,
        is_example=True,
        now=datetime.now(UTC),
    )
