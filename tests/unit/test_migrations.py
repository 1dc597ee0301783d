"""Migrations: they make exactly our tables, on both databases, also when several processes start together."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

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


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
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
