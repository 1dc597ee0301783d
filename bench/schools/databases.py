"""Empty databases for the register: a SQLite file, and one on the PostgreSQL that the tests use."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from bench.databases import drop_postgres, new_postgres
from bench.processes import WORK


@contextmanager
def both() -> Iterator[dict[str, str]]:
    """The addresses of empty databases by their kind; they go with the block. Raises BenchError without PostgreSQL."""
    file = WORK / f"schools-{uuid4().hex[:8]}.db"
    WORK.mkdir(parents=True, exist_ok=True)
    postgres = asyncio.run(new_postgres())
    try:
        yield {"SQLite": f"sqlite+aiosqlite:///{file}", "PostgreSQL": postgres}
    finally:
        asyncio.run(drop_postgres(postgres))
        for left in WORK.glob(f"{file.name}*"):
            left.unlink()
