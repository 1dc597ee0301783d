"""Lists kept as JSON, taken apart by the database: the one place where SQLite and PostgreSQL say that differently."""

from typing import Any

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import TableValuedAlias


def elements(session: AsyncSession, column: Any) -> TableValuedAlias:
    """The texts of a list such as ``message.topics``, as a table with the one column ``value``, to be joined with its row."""
    if session.get_bind().dialect.name == "postgresql":
        return func.json_array_elements_text(column).table_valued("value", name="element")
    return func.json_each(column).table_valued("value", name="element")
