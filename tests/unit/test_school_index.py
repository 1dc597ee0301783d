"""The index that schools are found by: made and taken away by its migration, mended when it is not of this register."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

import bot.store
from bot.schools.index import bring_up_to_date
from bot.schools.search import find
from bot.store.database import Database, StoreUnavailable, create_engine
from bot.store.migrate import upgrade
from tests.conftest import _administer, drop_postgres_database, new_postgres_database
from tests.school_register import import_path, school, write_register


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database of the test's own, whose tables it may take away."""
    if request.param == "sqlite":
        address = f"sqlite+aiosqlite:///{tmp_path}/own.db"
        await upgrade(address)
        yield address
        return
    address = await new_postgres_database()
    await upgrade(address)
    yield address
    await drop_postgres_database(address)


async def found(url: str, query: str) -> list[int]:
    database = Database(url)
    async with database.reading() as session:
        urns = [one.school.urn for one in await find(session, query)]
    await database.close()
    return urns


async def start(url: str) -> None:
    database = Database(url)
    await bring_up_to_date(database)
    await database.close()


def _downgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(bot.store.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.downgrade(config, "0002")


async def test_the_migration_goes_down_and_up_and_schools_are_found_again(url: str, tmp_path: Path) -> None:
    await import_path(url, write_register(tmp_path / "r.csv", school(1, "Hill School")))
    engine = create_engine(url)
    async with engine.execution_options(psqm_writes=True).begin() as connection:
        await connection.run_sync(_downgrade)
    await engine.dispose()
    await upgrade(url)
    assert await found(url, "hill") == []
    await start(url)
    assert await found(url, "hill") == [1]


async def test_an_index_of_another_wording_is_made_anew(url: str, tmp_path: Path) -> None:
    await import_path(url, write_register(tmp_path / "r.csv", school(1, "Hill School")))
    database = Database(url)
    async with database.writing() as session:
        await session.execute(text("UPDATE school_word SET names = 0 WHERE word = ''"))
        await session.execute(text("UPDATE school_search SET name = ' hull '"))
        await session.commit()
    await database.close()
    await start(url)
    assert await found(url, "hill") == [1]


async def test_without_the_right_to_make_the_extension_it_says_what_to_do() -> None:
    own = await new_postgres_database()
    name = own.rpartition("/")[2]
    try:
        await _administer(f"CREATE ROLE {name} LOGIN PASSWORD 'x'")
        await _administer(f"GRANT ALL ON SCHEMA public TO {name}", own)
        theirs = own.replace("postgres@", f"{name}:x@")
        with pytest.raises(StoreUnavailable, match="run CREATE EXTENSION pg_trgm in this database"):
            await upgrade(theirs)
        await _administer("CREATE EXTENSION pg_trgm", own)
        await upgrade(theirs)
    finally:
        await drop_postgres_database(own)
        await _administer(f"DROP ROLE {name}")
