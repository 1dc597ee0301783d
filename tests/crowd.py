"""Many clients at once after the places of some hubs; also as a process of its own, which prints the outcomes as JSON.

``python -m tests.crowd URL FIRST CLIENTS COHORT…``: each client registers a school of its own, on one of several connections.
"""

import asyncio
import json
import sys
from contextlib import AsyncExitStack

from bot.store.database import Database
from tests.registering import application, opened, register

DATABASES = 2


async def crowd(url: str, first: int, clients: int, cohorts: list[str]) -> list[list[str]]:
    """The outcomes of ``clients`` at a time, for each of the cohorts in turn; schools are numbered from ``first``."""
    async with AsyncExitStack() as stack:
        databases = [await stack.enter_async_context(opened(url)) for _ in range(DATABASES)]
        return [await _after(cohort, databases, range(first, first + clients)) for cohort in cohorts]


async def _after(cohort: str, databases: list[Database], schools: range) -> list[str]:
    async def client(n: int) -> str:
        wanted = application(f"School {n} of {cohort}", cohort, email=f"{n}@{cohort}.example")
        return (await register(databases[n % DATABASES], wanted)).outcome

    return await asyncio.gather(*(client(n) for n in schools))


if __name__ == "__main__":
    url, first, clients, *cohorts = sys.argv[1:]
    sys.stdout.write(json.dumps(asyncio.run(crowd(url, int(first), int(clients), cohorts))))
