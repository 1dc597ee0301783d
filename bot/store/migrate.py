"""Brings a database to the newest tables. Safe when several processes start together: the first one does the work."""

import asyncio
import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import NullPool

from bot.store.database import StoreUnavailable, create_engine

_LOCK = 0x5053514D  # "PSQM": the key of the advisory lock


async def upgrade(url: str) -> None:
    """Runs the migrations that ``url`` has not seen, in one transaction; raises StoreUnavailable."""
    engine = create_engine(url, poolclass=NullPool)
    try:
        if engine.dialect.name == "sqlite":
            await _use_write_ahead_log(engine)
        async with engine.execution_options(psqm_writes=True).begin() as connection:
            if engine.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            await connection.run_sync(_to_head)
    except (DBAPIError, sqlite3.Error, OSError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise StoreUnavailable(str(reason)) from error
    finally:
        await engine.dispose()


def _to_head(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def _use_write_ahead_log(engine: AsyncEngine, attempts: int = 50) -> None:
    """Readers and the writer stop waiting for each other. The file remembers; switching ignores busy_timeout."""
    for attempt in range(attempts):
        try:
            async with engine.connect() as connection:
                raw = await connection.get_raw_connection()
                await raw.driver_connection.execute("PRAGMA journal_mode = WAL")  # type: ignore[union-attr]
            return
        except (DBAPIError, sqlite3.Error) as error:
            if "locked" not in str(error) or attempt == attempts - 1:
                raise
            await asyncio.sleep(0.1)
