"""What was posted about a person, and what arrived from there, holds nothing of them once they are erased."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chat.events import keep
from bot.privacy.posted import retire_chat
from bot.store.database import Database
from bot.store.tables import ChatEventRow
from tests.chat_desk import NOTICES, FakePoster, linked, posts, worker
from tests.house import House
from tests.put_down import ANN, make_hub, put_down


@pytest.fixture
async def cohort(database: Database) -> str:
    return await make_hub(database)


async def test_what_has_not_been_posted_goes_with_the_person(database: Database, cohort: str, tmp_path: Path) -> None:
    house = House(database, tmp_path)
    await linked(database)
    await put_down(database, cohort, notices=NOTICES)
    async with database.writing() as session:
        await keep(session, "slack", "Ev1", {"text": f"who is {ANN.name}?"}, datetime.now(UTC))
        await session.commit()
    assert ANN.email in await house.kept()
    await house.erase(ANN.email)
    kept = await house.kept()
    assert [trace for trace in (ANN.email, ANN.name, ANN.phone) if trace in kept] == []


async def test_what_was_posted_is_shown_without_the_person(database: Database, cohort: str, tmp_path: Path) -> None:
    await linked(database)
    await put_down(database, cohort, notices=NOTICES)
    poster = FakePoster()
    await worker(database, poster).work_off("slack")
    assert ANN.email in str(poster.posted[-1])
    await House(database, tmp_path).erase(ANN.email)
    await worker(database, poster).work_off("slack")
    shown = poster.posted[-1]
    assert shown.replaces == {"ts": "1"}
    assert [trace for trace in (ANN.email, ANN.name, ANN.phone) if trace in str(shown)] == []


async def test_a_week_after_it_arrived_an_event_is_forgotten(database: Database) -> None:
    now = datetime.now(UTC)
    async with database.writing() as session:
        await keep(session, "slack", "old", {}, now - timedelta(days=8))
        await keep(session, "slack", "new", {}, now - timedelta(days=6))
        await retire_chat(session, now, now - timedelta(days=730))
        await session.commit()
    async with database.reading() as session:
        assert list(await session.scalars(select(ChatEventRow.key))) == ["new"]
    assert await posts(database) == []
