"""Changes of a hub and of its places."""

from datetime import date, time
from typing import NamedTuple

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs.adding import is_named, leader_of
from bot.hubs.checks import check_session, checked
from bot.hubs.problems import HubProblem
from bot.hubs.year import said
from bot.store.tables import CohortRow, HubRow


class Session(NamedTuple):
    """A hub's first session; ``on`` None: the date is not yet fixed."""

    on: date | None
    at: time | None
    venue: str


async def hub_named(session: AsyncSession, name: str) -> str:
    """The id of the hub with this name, whatever its capitals. Raises HubProblem."""
    found = await session.scalar(select(HubRow.id).where(is_named(name)))
    if found is None:
        some = (await session.scalars(select(HubRow.name).order_by(HubRow.name).limit(10))).all()
        known = f"choose one such as {', '.join(some)}" if some else "there is none yet, so add it first"
        raise HubProblem(f'There is no hub named "{name.strip()}": {known}')
    return found


async def cohort_of(session: AsyncSession, hub_id: str, year: int) -> str:
    """The id of the hub's cohort of ``year``. Raises HubProblem."""
    row = select(CohortRow.id).where(CohortRow.hub_id == hub_id, CohortRow.year == year)
    if (cohort_id := await session.scalar(row)) is None:
        raise HubProblem(f"The hub has no places of {said(year)} yet: add --new-year to give it some")
    return cohort_id


async def rename(session: AsyncSession, hub_id: str, name: str) -> None:
    """Gives a hub another name. Raises HubProblem when it is taken."""
    name = checked("hub's name", name)
    if await session.scalar(select(exists().where(is_named(name), HubRow.id != hub_id))):
        raise HubProblem(f'There is a hub named "{name}" already: choose another name')
    await session.execute(update(HubRow).where(HubRow.id == hub_id).values(name=name))


async def give_leader(session: AsyncSession, hub_id: str, email: str) -> None:
    """Gives a hub another leader. Raises HubProblem when nobody known has this email."""
    leader_id = await leader_of(session, email)
    await session.execute(update(HubRow).where(HubRow.id == hub_id).values(leader_id=leader_id))


async def set_capacity(session: AsyncSession, cohort_id: str, capacity: int) -> None:
    """Changes how many places there are. Raises HubProblem when more are taken already; the database decides."""
    if capacity < 1:
        raise HubProblem(f"A hub has at least one place, not {capacity}: close it for new schools instead")
    changed = await session.scalar(
        update(CohortRow)
        .where(CohortRow.id == cohort_id, CohortRow.taken <= capacity)
        .values(capacity=capacity)
        .returning(CohortRow.id)
    )
    if changed is None:
        taken = await session.scalar(select(CohortRow.taken).where(CohortRow.id == cohort_id))
        raise HubProblem(f"{taken} places are taken, so {capacity} cannot be all: give a larger capacity")


async def set_open(session: AsyncSession, cohort_id: str, is_open: bool) -> None:
    """Opens or closes a cohort for new schools."""
    await session.execute(update(CohortRow).where(CohortRow.id == cohort_id).values(is_open=is_open))


async def first_session(session: AsyncSession, cohort_id: str) -> Session:
    """The first session as it is fixed now."""
    columns = (CohortRow.session_on, CohortRow.session_at, CohortRow.session_venue)
    return Session(*(await session.execute(select(*columns).where(CohortRow.id == cohort_id))).one())


async def set_first_session(session: AsyncSession, cohort_id: str, fixed: Session) -> None:
    """Fixes the first session, or takes it back. Raises HubProblem for a time without a date."""
    check_session(fixed.at if fixed.on is None else None, fixed.venue)
    values = {"session_on": fixed.on, "session_at": fixed.at, "session_venue": fixed.venue}
    await session.execute(update(CohortRow).where(CohortRow.id == cohort_id).values(**values))
