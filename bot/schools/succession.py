"""Which school took a closed one's place: what the register's links say, or else the open one of its name and postcode."""

from collections.abc import Mapping, Sequence
from itertools import batched

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.schools.index import STANDINGS
from bot.store.tables import SchoolRow, Table

_BATCH = 1000
SCHOOL = Table.metadata.tables["school"]


async def name_successors(session: AsyncSession) -> int:
    """Fills in the successor of closed schools that have none: the open school of the same name and postcode. How many."""
    heir = aliased(SchoolRow)
    # The newest URN: a school that was refounded twice left two of its name behind.
    pairs = await session.execute(
        select(SchoolRow.urn, func.max(heir.urn))
        .join(heir, (heir.postcode == SchoolRow.postcode) & (heir.name == SchoolRow.name))
        .where(
            SchoolRow.status == "closed",
            SchoolRow.successor.is_(None),
            SchoolRow.postcode != "",
            heir.status.in_(("open", "closing")),
        )
        .group_by(SchoolRow.urn)
    )
    return await _keep(session, dict(pairs.all()))


async def keep_links(session: AsyncSession, links: Mapping[int, Sequence[int]]) -> int:
    """Keeps the successors that the register names for schools that are here; of several, one that is open. How many."""
    urns = sorted({urn for closed, heirs in links.items() for urn in (closed, *heirs)})
    known: dict[int, str] = {}
    for some in batched(urns, _BATCH, strict=False):
        found = await session.execute(select(SchoolRow.urn, SchoolRow.status).where(SchoolRow.urn.in_(some)))
        known.update(found.all())
    unknown = max(STANDINGS.values()) + 1
    best = {
        closed: min(heirs, key=lambda urn: (STANDINGS.get(known.get(urn, ""), unknown), -urn))
        for closed, heirs in links.items()
        if closed in known
    }
    return await _keep(session, best)


async def _keep(session: AsyncSession, successors: Mapping[int, int]) -> int:
    # The table, not the mapped class, which would send each row by itself.
    statement = update(SCHOOL).where(SCHOOL.c.urn == bindparam("closed")).values(successor=bindparam("heir"))
    rows = [{"closed": closed, "heir": heir} for closed, heir in successors.items()]
    for some in batched(rows, _BATCH, strict=False):
        await session.execute(statement, list(some))
    return len(rows)
