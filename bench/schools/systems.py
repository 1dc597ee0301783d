"""What looks schools up: ours, plain LIKE in the same databases, and rapidfuzz over every school in memory."""

from collections.abc import Sequence
from typing import Protocol

from rapidfuzz import fuzz, process, utils
from sqlalchemy import text

from bench.schools.messy import Row
from bot.schools.search import find
from bot.store.database import Database

FIRST = 3
"""So many schools are asked for: the right one should be among them."""


class System(Protocol):
    """Finds schools: the URNs of the first three."""

    async def first(self, query: str) -> list[int]: ...


class Ours:
    """``bot.schools.search``, a transaction a query."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def first(self, query: str) -> list[int]:
        async with self._database.reading() as session:
            return [found.school.urn for found in await find(session, query, FIRST)]


class Like:
    """Each word of the query somewhere in URN, name, town and postcode; open schools that teach primary ages first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def first(self, query: str) -> list[int]:
        said = query.casefold().split()
        line = "lower(urn || ' ' || name || ' ' || town || ' ' || postcode)"
        where = " AND ".join(f"{line} LIKE :w{at}" for at in range(len(said)))
        order = "CASE WHEN status = 'open' AND teaches_primary THEN 0 ELSE 1 END, length(name), urn"
        words = {f"w{at}": f"%{word}%" for at, word in enumerate(said)}
        async with self._database.reading() as session:
            found = await session.scalars(
                text(f"SELECT urn FROM school WHERE {where} ORDER BY {order} LIMIT {FIRST}"), words
            )
            return list(found)


class Rapidfuzz:
    """Its default scorer (WRatio) over a line for each school, all of them prepared beforehand."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._urns = [row.urn for row in rows]
        lines = (f"{row.urn} {row.name} {row.town} {row.postcode}" for row in rows)
        self._lines = [utils.default_process(line) for line in lines]

    async def first(self, query: str) -> list[int]:
        asked = utils.default_process(query)
        found = process.extract(asked, self._lines, scorer=fuzz.WRatio, processor=None, limit=FIRST)
        return [self._urns[at] for _line, _score, at in found]
