"""All hubs, for those who look after them."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs.finding import as_place, places
from bot.hubs.place import Place
from bot.store.tables import CohortRow, HubRow


@dataclass(frozen=True, slots=True)
class HubYear:
    """A hub's places of one school year, where the hub is, and whether it takes schools."""

    place: Place
    postcode: str
    easting: int
    northing: int
    is_open: bool


async def listed(session: AsyncSession, *, hub_id: str | None = None, year: int | None = None) -> list[HubYear]:
    """The cohorts of all hubs by name, the newest year of a hub first; each argument that is given narrows."""
    wanted = places().order_by(HubRow.name, CohortRow.year.desc())
    if hub_id is not None:
        wanted = wanted.where(HubRow.id == hub_id)
    if year is not None:
        wanted = wanted.where(CohortRow.year == year)
    rows = await session.execute(
        wanted.add_columns(HubRow.postcode, HubRow.easting, HubRow.northing, CohortRow.is_open)
    )
    return [HubYear(as_place(row), row.postcode, row.easting, row.northing, row.is_open) for row in rows]
