"""Transactions: kept only when told so, and never lost to another process that writes in between."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.database import Database
from bot.switch import set_off

_SWITCHED = text("SELECT count(*) FROM switch")


async def switched_off(database: Database) -> int:
    async with database.reading() as session:
        return int((await session.execute(_SWITCHED)).scalar_one())


async def switch(session: AsyncSession) -> None:
    await session.execute(text("INSERT INTO switch VALUES (1, 'because', '2026-01-01 00:00:00+00')"))


async def test_leaving_without_a_commit_takes_everything_back(database_url: str) -> None:
    database = Database(database_url)
    async with database.writing() as session:
        await switch(session)
    assert await switched_off(database) == 0
    with pytest.raises(KeyError):
        async with database.writing() as session:
            await switch(session)
            raise KeyError
    assert await switched_off(database) == 0
    async with database.writing() as session:
        await switch(session)
        await session.commit()
    assert await switched_off(database) == 1
    await database.close()


async def test_a_writer_that_reads_first_waits_for_another_instead_of_failing(sqlite_url: str) -> None:
    one, other = Database(sqlite_url), Database(sqlite_url)
    async with one.writing() as session:
        await session.execute(_SWITCHED)
        meanwhile = asyncio.create_task(set_off(other, "meanwhile"))
        await asyncio.sleep(0.1)
        assert not meanwhile.done()
        await switch(session)
        await session.commit()
    await meanwhile
    assert await switched_off(one) == 1
    await one.close()
    await other.close()


async def test_readers_do_not_wait_for_a_writer(database_url: str) -> None:
    one, other = Database(database_url), Database(database_url)
    async with one.writing() as session:
        await switch(session)
        async with asyncio.timeout(1):
            assert await switched_off(other) == 0
    await one.close()
    await other.close()
