"""The off switch, as the command line and the service use it."""

import asyncio
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.switch import SwitchedOff, check, set_off, set_on, turn_off, turn_on


async def reason(database: Database) -> str | None:
    async with database.reading() as session:
        try:
            await check(session)
        except SwitchedOff as off:
            return str(off)
    return None


async def test_off_and_on(database_url: str) -> None:
    database = Database(database_url)
    assert await reason(database) is None
    await set_off(database, " We are moving house. ")
    assert await reason(database) == "We are moving house."
    await set_off(database, "Still moving.")
    assert await reason(database) == "Still moving."
    await set_on(database)
    await set_on(database)
    assert await reason(database) is None
    await database.close()


async def test_people_are_always_given_a_reason(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with pytest.raises(ValueError, match="reason"):
        await set_off(database, "  ")
    await database.close()


def test_the_command_line_can_switch_before_the_first_start(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/new.db"
    turn_off(url, "Not yet.")

    async def look() -> str | None:
        database = Database(url)
        try:
            return await reason(database)
        finally:
            await database.close()

    assert asyncio.run(look()) == "Not yet."
    turn_on(url)
    assert asyncio.run(look()) is None
