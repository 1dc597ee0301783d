"""Migrations: they make exactly our tables, on both databases, also when several processes start together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

import bot.store
from bot.store.database import StoreUnavailable, create_engine
from bot.store.migrate import upgrade
from bot.store.tables import Table
from tests.conftest import drop_postgres_database, new_postgres_database


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/empty.db"
        return
    url = await new_postgres_database()
    yield url
    await drop_postgres_database(url)


SEARCH = ("school_search", "school_word", "school_spelling")
"""Made by hand, and differently on each database: full-text tables there, trigram indexes here. No model describes them."""


def _is_of_a_model(thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    return not (kind == "table" and name and name.startswith(SEARCH))


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _is_of_a_model})
    return list(compare_metadata(context, Table.metadata))


async def test_migrations_and_tables_agree(empty_url: str) -> None:
    await upgrade(empty_url)
    engine = create_engine(empty_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


async def test_processes_that_start_together_do_not_get_in_each_others_way(empty_url: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(asyncio.run, upgrade(empty_url)) for _ in range(4)))
    engine = create_engine(empty_url)
    async with engine.connect() as connection:
        versions = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalars().all()
    await engine.dispose()
    assert len(versions) == 1


async def test_upgrading_again_keeps_what_is_there(empty_url: str) -> None:
    await upgrade(empty_url)
    engine = create_engine(empty_url)
    async with engine.execution_options(psqm_writes=True).begin() as connection:
        await connection.execute(text("INSERT INTO switch VALUES (1, 'because', '2026-01-01 00:00:00+00')"))
    await upgrade(empty_url)
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT reason FROM switch"))).scalar_one() == "because"
    await engine.dispose()


def _move(connection: Connection, how: Callable[[Config, str], None], revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(bot.store.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    how(config, revision)


async def test_migrations_go_up_and_down_and_up_again_over_data(empty_url: str) -> None:
    engine = create_engine(empty_url)

    async def move(how: Callable[[Config, str], None], revision: str) -> None:
        async with engine.execution_options(psqm_writes=True).begin() as connection:
            await connection.run_sync(_move, how, revision)

    async def run(*statements: str) -> None:
        async with engine.execution_options(psqm_writes=True).begin() as connection:
            for statement in statements:
                await connection.execute(text(statement))

    async def count(table: str) -> int:
        async with engine.connect() as connection:
            return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())

    when = "'2026-11-24 09:00:00+00'"
    await move(command.upgrade, "0001")
    await run(f"INSERT INTO conversation (id, channel, created_at, last_at) VALUES ('c', 'web', {when}, {when})")
    await move(command.upgrade, "head")
    await run(
        "INSERT INTO leader VALUES ('l', 'Lou Park', 'lou@x.example')",
        f"INSERT INTO hub VALUES ('h', 'Barford hub', 'l', 'ZZ1 1AA', 1, 2, false, {when})",
        "INSERT INTO cohort VALUES ('k', 'h', 2026, 10, 1, true, NULL, NULL, '')",
        "INSERT INTO registration VALUES ('r', 2026, 'name', NULL, 'Fairview', '', '', true, 'k', 'interested', NULL, 'c',"
        f" {when}, {when})",
    )
    await move(command.downgrade, "0001")
    assert await count("conversation") == 1
    with pytest.raises(DBAPIError):
        await count("registration")
    await engine.dispose()
    await upgrade(empty_url)
    assert (await count("conversation"), await count("registration")) == (1, 0)
    await engine.dispose()


async def test_sqlite_is_set_up_for_several_processes(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    async with engine.connect() as connection:
        pragmas = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        ]
    await engine.dispose()
    assert pragmas == ["wal", 1, 5000, 1]


async def test_a_damaged_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "bad.db").write_bytes(b"this is not a database at all, " * 100)
    with pytest.raises(StoreUnavailable, match="not a database"):
        await upgrade(f"sqlite+aiosqlite:///{tmp_path}/bad.db")


async def test_no_server_is_unavailable() -> None:
    with pytest.raises(StoreUnavailable):
        await upgrade("postgresql+asyncpg://nobody@127.0.0.1:1/none")
