"""What arrives at the same time is kept in one transaction, each thing once."""

import asyncio

import pytest
from sqlalchemy import func, select

from bot.chat.keeping import Keeper
from bot.store.database import Database, StoreUnavailable
from bot.store.tables import ChatEventRow


async def test_many_at_once_are_kept_each_once(database: Database) -> None:
    keepers = [Keeper(database), Keeper(database)]
    keys = [f"event:{n % 20}" for n in range(60)]
    kept = await asyncio.gather(*(keepers[n % 2].keep("slack", key, {"n": n}) for n, key in enumerate(keys)))
    assert sum(kept) == 20
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(ChatEventRow)) == 20


async def test_what_cannot_be_kept_is_told_to_each_and_the_next_is_kept(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Keeper(database)

    async def fail(*_what: object) -> bool:
        raise StoreUnavailable("down")

    with monkeypatch.context() as broken:
        broken.setattr("bot.chat.keeping.keep", fail)
        failed = await asyncio.gather(
            *(keeper.keep("slack", f"event:{n}", {}) for n in range(3)), return_exceptions=True
        )
    assert [type(error) for error in failed] == [StoreUnavailable] * 3
    assert await keeper.keep("slack", "event:0", {})
