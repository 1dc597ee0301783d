"""What the engine remembers of conversations. Rasa keeps every event for ever: erasing and retention reach its table themselves.

The table is Rasa's own (``events`` of its SQL tracker store), in another database, which is not there before the first turn.
"""

import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import batched
from pathlib import Path
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, column, delete, func, inspect, make_url, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.database import Database

_EVENTS = table("events", column("id"), column("sender_id"), column("type_name"), column("timestamp"), column("data"))
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
_AT_ONCE = 500  # ids in one statement


class EngineMemory:
    """The tracker store at ``url``, a plain SQLAlchemy address. Every method raises StoreUnavailable."""

    def __init__(self, url: str) -> None:
        given = make_url(url)
        self._url = given.set(drivername=_DRIVERS.get(given.get_backend_name(), given.drivername))
        self._file = Path(given.database or "") if given.get_backend_name() == "sqlite" else None

    async def noted(self, conversation_id: str) -> list[dict[str, Any]]:
        """What the engine noted in a conversation, in order: what was said, and the value of each slot that it filled."""
        async with self._open() as session:
            if session is None:
                return []
            mine = (_EVENTS.c.sender_id == conversation_id, _EVENTS.c.type_name.in_(("user", "slot")))
            rows = await session.scalars(select(_EVENTS.c.data).where(*mine).order_by(_EVENTS.c.id))
            return [_note(json.loads(row)) for row in rows]

    async def about(self, ids: Collection[str]) -> set[str]:
        """The conversations in which one of ``ids``, such as a letter's, was noted."""
        found: set[str] = set()
        async with self._open() as session:
            if session is not None:
                for id_ in ids:
                    noted = select(_EVENTS.c.sender_id).where(_EVENTS.c.data.contains(id_, autoescape=True)).distinct()
                    found.update(await session.scalars(noted))
        return found

    async def forget(self, conversation_ids: Collection[str]) -> int:
        """Deletes everything about these conversations; returns how many events that were."""
        parts = batched(conversation_ids, _AT_ONCE, strict=False)
        return sum([await self._delete(_EVENTS.c.sender_id.in_(ids)) for ids in parts])

    async def forget_before(self, moment: datetime) -> int:
        """Deletes the conversations in which nothing happened since ``moment``; returns how many events that were."""
        quiet = (
            select(_EVENTS.c.sender_id)
            .group_by(_EVENTS.c.sender_id)
            .having(func.max(_EVENTS.c.timestamp) < moment.timestamp())
        )
        return await self._delete(_EVENTS.c.sender_id.in_(quiet))

    async def _delete(self, condition: ColumnElement[bool]) -> int:
        async with self._open(writes=True) as session:
            if session is None:
                return 0
            deleted = cast("CursorResult[Any]", await session.execute(delete(_EVENTS).where(condition)))
            await session.commit()
            return deleted.rowcount

    @asynccontextmanager
    async def _open(self, writes: bool = False) -> AsyncIterator[AsyncSession | None]:
        """A transaction, or None while there is no table."""
        if self._file and not self._file.is_file():
            yield None
            return
        database = Database(self._url.render_as_string(hide_password=False))
        try:
            async with database.writing() if writes else database.reading() as session:
                connection = await session.connection()
                is_there = await connection.run_sync(lambda synchronous: inspect(synchronous).has_table("events"))
                yield session if is_there else None
        finally:
            await database.close()


def _note(event: dict[str, Any]) -> dict[str, Any]:
    at = datetime.fromtimestamp(event.get("timestamp") or 0, UTC).isoformat()
    if event["event"] == "user":
        return {"at": at, "said": event.get("text")}
    return {"at": at, "slot": event.get("name"), "value": event.get("value")}
