"""The database, for the time of a command: opened, or as one transaction that is kept when the work is done."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.settings import Settings
    from bot.store.database import Database


@asynccontextmanager
async def opened(settings: "Settings") -> "AsyncIterator[Database]":
    """The database of ``settings`` with its newest tables. Raises SettingsError and StoreUnavailable."""
    from bot.store.database import Database
    from bot.store.migrate import upgrade

    settings.ensure_data_dir()
    await upgrade(settings.database_url)
    database = Database(settings.database_url)
    try:
        yield database
    finally:
        await database.close()


def read[Result](settings: "Settings", work: "Callable[[AsyncSession], Awaitable[Result]]") -> Result:
    """Runs ``work`` in a transaction that only reads; raises what it raises, and StoreUnavailable."""
    return asyncio.run(_run(settings, work, writes=False))


def write[Result](settings: "Settings", work: "Callable[[AsyncSession], Awaitable[Result]]") -> Result:
    """Runs ``work`` in a transaction and commits it; raises what it raises, and StoreUnavailable."""
    return asyncio.run(_run(settings, work, writes=True))


async def _run[Result](
    settings: "Settings", work: "Callable[[AsyncSession], Awaitable[Result]]", *, writes: bool
) -> Result:
    async with opened(settings) as database, database.writing() if writes else database.reading() as session:
        result = await work(session)
        if writes:
            await session.commit()
    return result
