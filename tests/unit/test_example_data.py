"""The first start: an empty database gets the sample and one hub that says it is an example; any other stays as it is."""

import asyncio
from datetime import date
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import func, select

from bot import example_data
from bot.app import init_app
from bot.example_data import load_example_data
from bot.facts import FactsError, load_facts
from bot.schools.search import find
from bot.settings import Settings
from bot.store.database import Database
from bot.store.tables import CohortRow, HubRow, LeaderRow, SchoolRow
from tests.conftest import SCHEME
from tests.school_register import import_path, school, write_register

TODAY = date(2026, 11, 24)
FACTS = Path("facts.yml")


@pytest.fixture
def small_sample(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A sample of two schools in place of the real one, which takes seconds."""
    rows = school(101272, "Road School", Easting="523000", Northing="196000"), school(2, "Hill School")
    monkeypatch.setattr(example_data, "SAMPLE", write_register(tmp_path / "sample.csv", *rows))


async def counted(url: str) -> tuple[int, int]:
    """Schools and hubs."""
    database = Database(url)
    async with database.reading() as session:
        schools = await session.scalar(select(func.count()).select_from(SchoolRow)) or 0
        hubs = await session.scalar(select(func.count()).select_from(HubRow)) or 0
    await database.close()
    return schools, hubs


async def test_an_empty_database_gets_the_sample_and_an_example_hub(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await load_example_data(database, TODAY)
    async with database.reading() as session:
        assert (await find(session, "cromer road primary barnet"))[0].school.urn == 101272
        hub, cohort, leader = (
            await session.execute(
                select(HubRow, CohortRow, LeaderRow)
                .join(CohortRow, CohortRow.hub_id == HubRow.id)
                .join(LeaderRow, LeaderRow.id == HubRow.leader_id)
            )
        ).one()
    await database.close()
    assert await counted(sqlite_url) == (34903, 1)
    assert hub.is_example
    assert leader.email.endswith("@example.org")
    assert (cohort.year, cohort.taken, cohort.is_open, cohort.session_on) == (2026, 0, True, None)
    assert cohort.capacity == load_facts(FACTS).facts["hub_schools"].number


@pytest.mark.usefixtures("small_sample")
async def test_processes_that_start_together_load_it_once(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(3)]
    await asyncio.gather(*(load_example_data(database, TODAY) for database in databases))
    for database in databases:
        await database.close()
    assert await counted(database_url) == (2, 1)


async def test_a_register_that_is_there_stays_as_it_is(database_url: str, tmp_path: Path) -> None:
    await import_path(database_url, write_register(tmp_path / "r.csv", school(1, "Hill School")))
    database = Database(database_url)
    await load_example_data(database, TODAY)
    await database.close()
    assert await counted(database_url) == (1, 0)


def test_without_the_fact_it_says_which_one_is_missing(sqlite_url: str, tmp_path: Path) -> None:
    facts = FACTS.read_text(encoding="utf-8").replace("hub_schools: {number: 10}", "other: {number: 3}")
    (tmp_path / "facts.yml").write_text(facts, encoding="utf-8")
    database = Database(sqlite_url)
    with pytest.raises(FactsError, match="'hub_schools' is missing"):
        asyncio.run(load_example_data(database, TODAY, tmp_path / "facts.yml"))


@pytest.mark.parametrize(("wanted", "expected"), [(True, (2, 1)), (False, (0, 0))])
@pytest.mark.usefixtures("small_sample")
async def test_the_service_loads_it_unless_it_is_told_not_to(
    sqlite_url: str, tmp_path: Path, wanted: bool, expected: tuple[int, int]
) -> None:
    app = init_app(Settings(database_url=sqlite_url, data_dir=tmp_path, example_data=wanted), SCHEME)
    async with TestServer(app):
        assert await counted(sqlite_url) == expected
