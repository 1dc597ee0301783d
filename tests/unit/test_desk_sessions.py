"""Links and sessions of the desk: one use, an end, and nothing kept for longer than it is needed."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.housekeeping import clear_the_desk
from bot.settings import Settings
from bot.staff import audit, sessions
from bot.staff.member import Doing, Member
from bot.staff.sign_in import MINUTES, SignInRefused, issue, redeem
from bot.store.database import Database
from bot.store.tables import AuditRow, DeskSessionRow, SignInRow
from tests.at_the_desk import make_officer
from tests.put_down import NOW

DAY = timedelta(days=1)


async def a_link(database: Database, who: Member) -> str:
    async with database.writing() as session:
        token = await issue(session, who, NOW)
        await session.commit()
    return token


async def use(database: Database, token: str, minutes: int = 0) -> bool:
    async with database.writing() as session:
        try:
            await redeem(session, token, NOW + timedelta(minutes=minutes))
        except SignInRefused:
            return False
        await session.commit()
    return True


async def test_of_two_who_use_a_link_at_once_one_gets_in(database: Database) -> None:
    token = await a_link(database, await make_officer(database))
    assert sorted(await asyncio.gather(*(use(database, token) for _ in range(4)))) == [False, False, False, True]


@pytest.mark.parametrize(("minutes", "works"), [(MINUTES - 1, True), (MINUTES, False)])
async def test_a_link_works_for_fifteen_minutes(database: Database, minutes: int, works: bool) -> None:
    token = await a_link(database, await make_officer(database))
    assert await use(database, token, minutes) is works


async def test_what_is_over_is_cleared_and_what_is_not_stays(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    olive = await make_officer(database)
    settings = Settings(database_url=database_url, data_dir=tmp_path)

    async def left(after: timedelta) -> list[int]:
        await clear_the_desk(database, settings, NOW + after)
        tables = (SignInRow, DeskSessionRow, AuditRow)
        async with database.reading() as session:
            return [await session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]

    await a_link(database, olive)
    async with database.writing() as session:
        await sessions.begin(session, olive.ref, NOW, 7)
        ended = await sessions.begin(session, olive.ref, NOW, 7)
        await sessions.end(session, olive, ended, NOW)
        await audit.write(session, Doing(olive, "desk"), "confirmed", ("registration", "r"), NOW)
        await session.commit()
    assert await left(timedelta(hours=1)) == [1, 2, 1]
    assert await left(2 * DAY) == [0, 2, 1]
    assert await left(8 * DAY) == [0, 1, 1]
    assert await left(15 * DAY) == [0, 0, 1]
    assert await left(731 * DAY) == [0, 0, 0]
