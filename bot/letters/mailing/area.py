"""The primary schools around a place: the area to which a hub writes."""

import csv
import io
import re
from collections.abc import Iterable
from math import hypot

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs.changing import hub_named
from bot.hubs.problems import HubProblem
from bot.hubs.whereabouts import of_postcode, written
from bot.letters.letter import LetterSchool
from bot.letters.mailing.recipients import COLUMNS
from bot.letters.problems import LetterProblem
from bot.store.tables import HubRow, SchoolRow

_DISTANCE = re.compile(r"(\d+(?:\.\d+)?)\s*(km|kilomet(?:er|re)s?|mi|miles?)", re.IGNORECASE)
_METRES = {"k": 1000.0, "m": 1609.344}
_FARTHEST_METRES = 300_000


def metres(distance: str) -> float:
    """``15km`` or ``10 miles`` in metres; raises LetterProblem."""
    found = _DISTANCE.fullmatch(distance.strip())
    if found is None:
        raise LetterProblem(f'"{distance}" is no distance: write it like 15km or 10miles')
    far = float(found[1]) * _METRES[found[2][0].lower()]
    if not 0 < far <= _FARTHEST_METRES:
        raise LetterProblem(f"{distance} is no area: give a distance above 0 and below 300km")
    return far


def is_postcode(near: str) -> bool:
    """Whether ``near`` is a postcode, and not the name of a hub."""
    try:
        written(near)
    except HubProblem:
        return False
    return True


async def middle(session: AsyncSession, near: str) -> tuple[int, int]:
    """Easting and northing of a hub, by its name, or of a postcode. Raises HubProblem and LetterProblem."""
    if not is_postcode(near):
        hub_id = await hub_named(session, near)
        row = (await session.execute(select(HubRow.easting, HubRow.northing).where(HubRow.id == hub_id))).one()
        return row.easting, row.northing
    try:
        return await of_postcode(session, near)
    except HubProblem:
        raise LetterProblem(
            f"No school of the register is near {written(near)}: name a hub or another postcode, or import the register first"
        ) from None


async def schools_within(session: AsyncSession, easting: int, northing: int, far: float) -> list[LetterSchool]:
    """The open primary schools of the register within ``far`` metres, as the crow flies, nearest first."""
    row = SchoolRow
    around = select(row).where(
        row.status.in_(("open", "closing")),
        row.teaches_primary,
        row.easting.between(easting - far, easting + far),
        row.northing.between(northing - far, northing + far),
    )
    measured = [
        (hypot((school.easting or 0) - easting, (school.northing or 0) - northing), school.urn, school)
        for school in await session.scalars(around)
    ]
    return [as_letter_school(school) for away, _, school in sorted(measured, key=lambda it: it[:2]) if away <= far]


def as_letter_school(school: SchoolRow) -> LetterSchool:
    """A school of the register as a letter addresses it."""
    lines = tuple(filter(None, (school.street, school.locality)))
    return LetterSchool(school.name, lines, school.town, school.postcode, school.urn)


def to_complete(schools: Iterable[LetterSchool]) -> bytes:
    """A CSV file of these schools whose columns ``email`` and ``name`` are left to be filled in, as spreadsheets open it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for school in schools:
        writer.writerow(["", "", school.name, school.urn, ", ".join(school.address), school.town, school.postcode])
    return file.getvalue().encode("utf-8-sig")
