"""Where a postcode is, as far as the schools of the register tell."""

import re

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs.problems import HubProblem
from bot.store.tables import SchoolRow

# The shapes that Royal Mail gives out: A9, A99, AA9, AA99, A9A or AA9A, then 9AA.
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9])([A-Z]{2})")
_GRID = (700_000, 1_300_000)
"""Metres that the British National Grid measures from west to east, and from south to north."""


def written(postcode: str) -> str:
    """``en54nj`` as the register writes it: ``EN5 4NJ``. Raises HubProblem for what is no full postcode."""
    found = _POSTCODE.fullmatch(re.sub(r"\s", "", postcode).upper())
    if found is None:
        raise HubProblem(
            f'"{postcode.strip()}" is no full postcode: write it like XX9 9XX, or give easting and northing'
        )
    outward, sector, unit = found.groups()
    return f"{outward} {sector}{unit}"


async def of_postcode(session: AsyncSession, postcode: str) -> tuple[int, int]:
    """Easting and northing in the middle of the schools with this postcode, or else in its sector (``EN5 4``).

    Raises HubProblem when the register has no school there.
    """
    full = written(postcode)
    middle = await _middle(session, SchoolRow.postcode == full)
    middle = middle or await _middle(session, SchoolRow.postcode.startswith(full[:-2], autoescape=True))
    if middle is None:
        raise HubProblem(
            f"No school of the register is near {full}: give --easting and --northing, or import the register first"
        )
    return middle


def check_grid(easting: int, northing: int) -> None:
    """Raises HubProblem for a point outside the British National Grid."""
    if not (0 <= easting <= _GRID[0] and 0 <= northing <= _GRID[1]):
        raise HubProblem(
            f"{easting}, {northing} is not on the British National Grid: give easting and northing in metres, six digits each"
        )


async def _middle(session: AsyncSession, there: ColumnElement[bool]) -> tuple[int, int] | None:
    mean = select(func.avg(SchoolRow.easting), func.avg(SchoolRow.northing))
    easting, northing = (await session.execute(mean.where(there, SchoolRow.northing.is_not(None)))).one()
    return (round(easting), round(northing)) if easting is not None and northing is not None else None
