"""Rows that go."""

from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import Table


async def delete_rows(session: AsyncSession, table: type[Table], condition: ColumnElement[bool]) -> int:
    """Deletes the rows for which ``condition`` holds; returns how many those were."""
    statement = delete(table).where(condition).execution_options(synchronize_session=False)
    return cast("CursorResult[Any]", await session.execute(statement)).rowcount
