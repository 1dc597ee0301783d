"""Inserting what may be there already, without an error that would end the transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import TextClause
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import Table

type InsertOnce = postgresql.Insert | sqlite.Insert


def insert_once(
    session: AsyncSession,
    table: type[Table],
    values: dict[str, Any],
    *,
    unique: Sequence[str],
    where: TextClause | None = None,
) -> InsertOnce:
    """Inserts a row unless there is one with the same ``unique`` columns (of a partial index: ``where``).

    On PostgreSQL it waits for another transaction that is about to insert the same, and sees how that ends.
    """
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table).values(**values).on_conflict_do_nothing(index_elements=unique, index_where=where)
    return postgresql.insert(table).values(**values).on_conflict_do_nothing(index_elements=unique, index_where=where)
