"""The off switch: while it is off, people read the reason instead of an answer. It needs no restart."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.database import Database
from bot.store.migrate import upgrade
from bot.store.tables import SwitchRow


class SwitchedOff(Exception):
    """The assistant is off; the text is the reason, written for people."""


async def check(session: AsyncSession) -> None:
    """Raises SwitchedOff with the reason while the assistant is off."""
    reason = await session.scalar(select(SwitchRow.reason))
    if reason is not None:
        raise SwitchedOff(reason)


async def set_off(database: Database, reason: str) -> None:
    """Switches off; a new reason replaces the old one. Raises ValueError without a reason."""
    if not (reason := reason.strip()):
        raise ValueError("people will read the reason: give one")
    async with database.writing() as session:
        await session.execute(delete(SwitchRow))
        await session.execute(insert(SwitchRow).values(id=1, reason=reason, since=datetime.now(UTC)))
        await session.commit()


async def set_on(database: Database) -> None:
    """Switches on; harmless when it is on."""
    async with database.writing() as session:
        await session.execute(delete(SwitchRow))
        await session.commit()


def turn_off(url: str, reason: str) -> None:
    """``set_off`` for the command line, on the database at ``url``; raises StoreUnavailable, ValueError."""
    asyncio.run(_with_database(url, reason))


def turn_on(url: str) -> None:
    """``set_on`` for the command line, on the database at ``url``; raises StoreUnavailable."""
    asyncio.run(_with_database(url, None))


async def _with_database(url: str, reason: str | None) -> None:
    await upgrade(url)
    database = Database(url)
    try:
        await (set_on(database) if reason is None else set_off(database, reason))
    finally:
        await database.close()
