"""The database as two kinds of transaction, and one error for everything that makes it unavailable."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

BUSY_SECONDS = 5
"""How long a statement waits for a lock of another process."""


_GAVE_WAY = {"40P01", "40001"}
"""PostgreSQL's codes of a transaction that gave way to another (deadlock, serialization): the same one works later."""


class StoreUnavailable(Exception):
    """The database is away, locked or too busy; the same call may work later."""


def create_engine(url: str, **options: Any) -> AsyncEngine:
    """An engine for SQLite or PostgreSQL, set up so that transactions mean the same on both.

    Parameters are hidden from its errors: they would carry what people typed into the log.
    """
    if not url.startswith("sqlite"):
        patience = {"timeout": 2, "command_timeout": BUSY_SECONDS}
        return create_async_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=patience, **options)
    engine = create_async_engine(url, hide_parameters=True, **options)
    event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


class Database:
    """Opens transactions. Both kinds roll back unless the writer says ``await session.commit()``."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url)
        self._writer = self._engine.execution_options(psqm_writes=True)
        self._queue = _queue_of(url) if self._engine.dialect.name == "sqlite" else None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads; raises StoreUnavailable."""
        async with _unavailability(), AsyncSession(self._engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A transaction that may write and is kept by ``await session.commit()``; raises StoreUnavailable."""
        async with AsyncExitStack() as stack:
            if self._queue:
                await stack.enter_async_context(self._queue)
            await stack.enter_async_context(_unavailability())
            yield await stack.enter_async_context(AsyncSession(self._writer, expire_on_commit=False))

    async def ping(self) -> None:
        """Raises StoreUnavailable unless the database answers."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self._engine.dispose()


_queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


def _queue_of(url: str) -> asyncio.Lock:
    """Where the writers of one process queue: not in SQLite, whose busy handler sleeps for longer than a turn takes."""
    return _queues.setdefault(url, asyncio.Lock())


@asynccontextmanager
async def _unavailability() -> AsyncIterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
        raise StoreUnavailable(type(error).__name__) from error
    except DBAPIError as error:
        if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _GAVE_WAY:
            raise StoreUnavailable(type(error).__name__) from error
        raise


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late and is never IMMEDIATE
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another wrote in between: writers say so first.
    writes = connection.get_execution_options().get("psqm_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
