"""Which hubs there are: near a school, or by their cohort."""

from dataclasses import dataclass
from math import hypot
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs.place import Place
from bot.store.tables import CohortRow, HubRow, LeaderRow

_METRES_IN_A_MILE = 1609.344


@dataclass(frozen=True, slots=True)
class Nearby:
    """A hub's places and how far away it is; ``miles`` None: it is not known where the asking school is."""

    place: Place
    miles: float | None


async def nearest(
    session: AsyncSession, easting: int | None, northing: int | None, year: int, miles: int
) -> list[Nearby]:
    """Every open cohort of ``year`` within ``miles`` (as the crow flies) of a point of the British National Grid.

    Nearest first; those with places left and full ones alike. Without a point: all of the year by name, ``miles`` None.
    """
    of_year = places().where(CohortRow.year == year, CohortRow.is_open).order_by(HubRow.name)
    rows = (await session.execute(of_year.add_columns(HubRow.easting, HubRow.northing))).all()
    if easting is None or northing is None:
        return [Nearby(as_place(row), None) for row in rows]
    measured = [
        Nearby(as_place(row), hypot(row.easting - easting, row.northing - northing) / _METRES_IN_A_MILE) for row in rows
    ]
    within = [nearby for nearby in measured if nearby.miles is not None and nearby.miles <= miles]
    return sorted(within, key=lambda nearby: nearby.miles or 0.0)


async def place_of(session: AsyncSession, cohort_id: str) -> Place | None:
    """The places of this cohort as they are now."""
    row = (await session.execute(places().where(CohortRow.id == cohort_id))).one_or_none()
    return as_place(row) if row else None


def places() -> Select[*tuple[Any, ...]]:
    """Selects the cohorts of all hubs, to be narrowed with ``where`` and read with ``as_place``."""
    return (
        select(*place_columns())
        .select_from(CohortRow)
        .join(HubRow, HubRow.id == CohortRow.hub_id)
        .join(LeaderRow, LeaderRow.id == HubRow.leader_id)
    )


def place_columns() -> tuple[ColumnElement[Any], ...]:
    """What ``as_place`` reads of the tables cohort, hub and leader."""
    return (
        CohortRow.id.label("cohort_id"),
        HubRow.name.label("hub_name"),
        LeaderRow.name.label("leader_name"),
        LeaderRow.email.label("leader_email"),
        HubRow.is_example.label("is_example"),
        CohortRow.year.label("year"),
        CohortRow.capacity.label("capacity"),
        CohortRow.taken.label("taken"),
        CohortRow.session_on.label("session_on"),
        CohortRow.session_at.label("session_at"),
        CohortRow.session_venue.label("session_venue"),
    )


def as_place(row: Row[*tuple[Any, ...]]) -> Place:
    """The place of a row that holds ``place_columns()``."""
    return Place(
        cohort_id=row.cohort_id,
        hub_name=row.hub_name,
        leader_name=row.leader_name,
        leader_email=row.leader_email,
        is_example=row.is_example,
        year=row.year,
        capacity=row.capacity,
        taken=row.taken,
        session_on=row.session_on,
        session_at=row.session_at,
        session_venue=row.session_venue,
    )
