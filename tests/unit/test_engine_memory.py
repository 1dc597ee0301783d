"""The engine's memory is reached wherever it is, and need not be there yet."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store.database import Database, StoreUnavailable
from bot.store.engine_memory import EngineMemory

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
# As Rasa 3.6 makes it: rasa/core/tracker_store.py, SQLTrackerStore.SQLEvent.
TABLE = """CREATE TABLE events (id {serial}, sender_id VARCHAR(255) NOT NULL, type_name VARCHAR(255) NOT NULL,
    timestamp FLOAT, intent_name VARCHAR(255), action_name VARCHAR(255), data TEXT)"""
ADD = text("INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (:sender, :type, :at, :data)")


@pytest.fixture
def plain_url(database_url: str) -> str:
    """The address as the engine's setting has it, without an asynchronous driver."""
    return database_url.replace("+aiosqlite", "").replace("+asyncpg", "")


async def remember(database_url: str, **conversations: datetime) -> None:
    database = Database(database_url)
    async with database.writing() as session:
        serial = "INTEGER PRIMARY KEY" if database_url.startswith("sqlite") else "SERIAL PRIMARY KEY"
        await session.execute(text("DROP TABLE IF EXISTS events"))
        await session.execute(text(TABLE.format(serial=serial)))
        for sender, at in conversations.items():
            for kind, what in (
                ("user", {"text": "hello"}),
                ("action", {}),
                ("slot", {"name": "role", "value": "head"}),
            ):
                data = json.dumps({"event": kind, "timestamp": at.timestamp()} | what)
                await session.execute(ADD, {"sender": sender, "type": kind, "at": at.timestamp(), "data": data})
        await session.commit()
    await database.close()


@pytest.fixture(autouse=True)
async def _without_the_table_again(database_url: str) -> object:
    yield
    database = Database(database_url)
    async with database.writing() as session:
        await session.execute(text("DROP TABLE IF EXISTS events"))
        await session.commit()
    await database.close()


async def test_before_the_first_turn_there_is_nothing(plain_url: str, tmp_path: Path) -> None:
    for url in (plain_url, f"sqlite:///{tmp_path}/none.db"):
        memory = EngineMemory(url)
        assert await memory.noted("a") == []
        assert await memory.about(["a"]) == set()
        assert await memory.forget(["a"]) == 0
        assert await memory.forget_before(NOW) == 0
    assert not (tmp_path / "none.db").exists()


async def test_what_was_noted(database_url: str, plain_url: str) -> None:
    await remember(database_url, a=NOW, b=NOW)
    assert await EngineMemory(plain_url).noted("a") == [
        {"at": NOW.isoformat(), "said": "hello"},
        {"at": NOW.isoformat(), "slot": "role", "value": "head"},
    ]


async def test_conversations_are_forgotten_by_id(database_url: str, plain_url: str) -> None:
    await remember(database_url, a=NOW, b=NOW)
    memory = EngineMemory(plain_url)
    assert await memory.forget([]) == 0
    assert await memory.forget(["a", *(f"unknown-{n}" for n in range(1200))]) == 3
    assert await memory.noted("a") == []
    assert len(await memory.noted("b")) == 2


async def test_conversations_are_forgotten_by_age(database_url: str, plain_url: str) -> None:
    await remember(database_url, a=NOW - timedelta(days=2), b=NOW)
    memory = EngineMemory(plain_url)
    assert await memory.forget_before(NOW - timedelta(days=1)) == 3
    assert await memory.noted("a") == []
    assert len(await memory.noted("b")) == 2


async def test_a_database_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        await EngineMemory("postgresql://nobody@127.0.0.1:1/none").forget(["a"])


async def test_the_conversations_in_which_something_was_noted_are_found(plain_url: str, database_url: str) -> None:
    await remember(database_url, one=NOW, two=NOW)
    memory = EngineMemory(plain_url)
    assert await memory.about(["head", "nothing"]) == {"one", "two"}
    assert await memory.about(["hea_", "%"]) == set()
    assert await memory.about([]) == set()
