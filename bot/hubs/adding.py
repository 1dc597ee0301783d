"""New leaders, new hubs, and new years of a hub."""

from datetime import date, datetime, time
from uuid import uuid4

from sqlalchemy import ColumnElement, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs.checks import check_session, checked, checked_email
from bot.hubs.problems import HubProblem
from bot.hubs.year import said
from bot.store.tables import CohortRow, HubRow, LeaderRow


async def add_leader(session: AsyncSession, name: str, email: str) -> str:
    """Adds a leader, or gives the one with this email the new name; returns the leader's id. Raises HubProblem."""
    name, email = checked("leader's name", name), checked_email(email)
    known = await session.scalar(select(LeaderRow.id).where(LeaderRow.email == email))
    if known:
        await session.execute(update(LeaderRow).where(LeaderRow.id == known).values(name=name))
        return known
    leader_id = str(uuid4())
    await session.execute(insert(LeaderRow).values(id=leader_id, name=name, email=email))
    return leader_id


async def leader_of(session: AsyncSession, email: str) -> str:
    """The id of the leader with this email. Raises HubProblem."""
    email = email.strip().lower()
    leader_id = await session.scalar(select(LeaderRow.id).where(LeaderRow.email == email))
    if leader_id is None:
        raise HubProblem(f'No leader has the email {email}: add them first with psqm leaders add "NAME" {email}')
    return leader_id


def is_named(name: str) -> ColumnElement[bool]:
    """Whether a hub has this name, whatever its capitals."""
    return func.lower(HubRow.name) == name.strip().lower()


async def add_hub(
    session: AsyncSession,
    *,
    name: str,
    leader_email: str,
    postcode: str,
    easting: int,
    northing: int,
    year: int,
    capacity: int,
    is_example: bool = False,
    is_open: bool = True,
    session_on: date | None = None,
    session_at: time | None = None,
    session_venue: str = "",
    now: datetime,
) -> str:
    """Adds a hub with its cohort of ``year`` and returns its id.

    ``easting`` and ``northing`` are metres of the British National Grid. Raises HubProblem when the leader is not known, the
    name is taken, or something has no room in the database.
    """
    name = checked("hub's name", name)
    leader_id = await leader_of(session, leader_email)
    if await session.scalar(select(exists().where(is_named(name)))):
        raise HubProblem(f'There is a hub named "{name}" already: choose another name, or change it with psqm hubs set')
    hub_id = str(uuid4())
    await session.execute(
        insert(HubRow).values(
            id=hub_id,
            name=name,
            leader_id=leader_id,
            postcode=postcode,
            easting=easting,
            northing=northing,
            is_example=is_example,
            created_at=now,
        )
    )
    await add_cohort(
        session,
        hub_id,
        year=year,
        capacity=capacity,
        is_open=is_open,
        session_on=session_on,
        session_at=session_at,
        session_venue=session_venue,
    )
    return hub_id


async def add_cohort(
    session: AsyncSession,
    hub_id: str,
    *,
    year: int,
    capacity: int,
    is_open: bool = True,
    session_on: date | None = None,
    session_at: time | None = None,
    session_venue: str = "",
) -> str:
    """Gives a hub its places of ``year`` and returns the cohort's id. Raises HubProblem."""
    check_session(session_at if session_on is None else None, session_venue)
    if capacity < 1:
        raise HubProblem(f"A hub has at least one place, not {capacity}: give another capacity")
    if await session.scalar(select(exists().where(CohortRow.hub_id == hub_id, CohortRow.year == year))):
        raise HubProblem(f"The hub has places of {said(year)} already: change them without --new-year")
    cohort_id = str(uuid4())
    await session.execute(
        insert(CohortRow).values(
            id=cohort_id,
            hub_id=hub_id,
            year=year,
            capacity=capacity,
            taken=0,
            is_open=is_open,
            session_on=session_on,
            session_at=session_at,
            session_venue=session_venue,
        )
    )
    return cohort_id
