"""A database of each kind for what is measured: new, with all tables, gone afterwards."""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]

from bench.processes import BenchError
from bot.store.migrate import upgrade

KINDS = ("sqlite", "postgresql")
_POSTGRES = os.environ.get("PSQM_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


@asynccontextmanager
async def fresh(kind: str) -> AsyncIterator[str]:
    """The address of a new database of this kind. Raises BenchError when there is no PostgreSQL."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="psqm-bench-") as folder:
            url = f"sqlite+aiosqlite:///{folder}/psqm.db"
            await upgrade(url)
            yield url
        return
    url = await new_postgres()
    try:
        await upgrade(url)
        yield url
    finally:
        await drop_postgres(url)


async def new_postgres() -> str:
    """The address of a new PostgreSQL database without tables. Raises BenchError when there is no PostgreSQL."""
    name = f"psqm_bench_{uuid4().hex[:12]}"
    await _administer(f'CREATE DATABASE "{name}"')
    return _POSTGRES.rpartition("/")[0].replace("postgresql://", "postgresql+asyncpg://") + f"/{name}"


async def drop_postgres(url: str) -> None:
    """Takes it away again."""
    await _administer(f'DROP DATABASE "{url.rpartition("/")[2]}" WITH (FORCE)')


async def _administer(statement: str) -> None:
    try:
        connection = await asyncpg.connect(_POSTGRES, timeout=5)
    except (OSError, asyncpg.PostgresError) as error:
        raise BenchError(f"PostgreSQL is needed at {_POSTGRES} (set PSQM_TEST_POSTGRES_URL): {error}") from None
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
