"""The service erases what is old by itself, and several services do not get into each other's way."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from bot.housekeeping import Erased, apply_retention, follow_up_letters, keeping_house
from bot.letters.following_up.reminding import FollowUp
from bot.letters.suppression import Suppression
from bot.registrations.notices import SilentNotices
from bot.settings import Settings
from bot.store.database import Database, StoreUnavailable
from bot.store.tables import ConversationRow, OutboxRow
from bot.store.transcript import Transcript
from tests.an_area import make_mailing, send_letter
from tests.mailings import POST, SUPPRESSION
from tests.put_down import make_hub

FOLLOW_UP = FollowUp(14, 14, 60, SUPPRESSION, lambda _now: False, POST)
LONG_AGO = datetime.now(UTC) - timedelta(days=200)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, data_dir=tmp_path)


async def add_conversations(database: Database, *ids: str) -> None:
    async with database.writing() as session:
        for id_ in ids:
            await Transcript(session, id_).open("web", LONG_AGO)
        await session.commit()


async def conversations(database: Database) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(ConversationRow)) or 0


async def until_there_are_none(database: Database) -> None:
    async with asyncio.timeout(10):
        while await conversations(database):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_what_is_old_goes_while_the_service_runs(database: Database, settings: Settings) -> None:
    await add_conversations(database, "one", "two")
    async with keeping_house(database, settings, SilentNotices(), FOLLOW_UP, 0, 0.01):
        await until_there_are_none(database)


async def test_it_goes_on_after_the_database_was_away(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_conversations(database, "one")
    troubles: list[Exception] = [StoreUnavailable("away"), RuntimeError("broken")]
    writing = Database.writing

    def sometimes(self: Database) -> Any:
        if troubles:
            raise troubles.pop()
        return writing(self)

    monkeypatch.setattr(Database, "writing", sometimes)
    async with keeping_house(database, settings, SilentNotices(), FOLLOW_UP, 0, 0.01):
        await until_there_are_none(database)
    assert troubles == []


async def test_several_services_erase_each_thing_once(database: Database, settings: Settings) -> None:
    await add_conversations(database, *(f"conversation-{n}" for n in range(50)))
    now = datetime.now(UTC)
    done = await asyncio.gather(*(apply_retention(database, settings, SilentNotices(), now) for _ in range(5)))
    assert sum(erased.conversations for erased in done) == 50
    assert await conversations(database) == 0


async def test_on_postgresql_one_works_and_the_others_leave_it_alone(postgres_url: str, tmp_path: Path) -> None:
    database = Database(postgres_url)
    settings = Settings(database_url=postgres_url, data_dir=tmp_path)
    await add_conversations(database, "one")
    async with database.writing() as other:
        await other.execute(text(f"SELECT pg_advisory_xact_lock({0x50534B50})"))
        assert await apply_retention(database, settings, SilentNotices(), datetime.now(UTC)) == Erased()
    assert await apply_retention(database, settings, SilentNotices(), datetime.now(UTC)) == Erased(conversations=1)
    await database.close()


async def send_letters(database: Database, count: int) -> None:
    today = datetime.now(UTC)
    cohort = await make_hub(database, session_on=today.date() + timedelta(days=60))
    mailing = await make_mailing(database, cohort, rate=10_000)
    for n in range(count):
        await send_letter(database, cohort, mailing, f"head@school{n}.example", at=today - timedelta(days=15))


async def reminders(database: Database) -> int:
    is_reminder = OutboxRow.kind == "letter_reminder"
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(OutboxRow).where(is_reminder)) or 0


async def test_letters_are_followed_up_while_the_service_runs(database: Database, settings: Settings) -> None:
    await send_letters(database, 1)
    async with keeping_house(database, settings, SilentNotices(), FOLLOW_UP, 0, 0.01), asyncio.timeout(10):
        while not await reminders(database):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_what_is_wrong_with_letters_keeps_nothing_else_from_being_done(
    database: Database, settings: Settings
) -> None:
    async with database.writing() as session:
        await SUPPRESSION.add(session, "una@ash.example", "unsubscribed", datetime.now(UTC))
        await session.commit()
    await add_conversations(database, "one")
    other = replace(FOLLOW_UP, suppression=Suppression("another secret key, which is long enough"))
    async with keeping_house(database, settings, SilentNotices(), other, 0, 0.01):
        await until_there_are_none(database)


async def test_several_services_remind_each_person_once_whatever_one_transaction_takes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send_letters(database, 9)
    monkeypatch.setattr("bot.housekeeping.AT_ONCE", 2)
    plan, now = replace(FOLLOW_UP, rate=10_000), datetime.now(UTC)
    done = await asyncio.gather(*(follow_up_letters(database, plan, now) for _ in range(4)))
    assert sum(done) == await reminders(database) == 9
