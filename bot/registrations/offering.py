"""The places of a cohort: taken, passed on to those who wait, or free again.

Every function here expects the cohort to be locked (``rows.lock_cohort``) by the transaction.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.registrations.notices import Notices
from bot.registrations.reading import registration
from bot.registrations.rows import lock_registration, record
from bot.store.tables import CohortRow, RegistrationEventRow, RegistrationRow


async def take(session: AsyncSession, cohort_id: str) -> bool:
    """Takes a place of the cohort, if it is open and has one left. The database decides."""
    taken = await session.scalar(
        update(CohortRow)
        .where(CohortRow.id == cohort_id, CohortRow.is_open, CohortRow.taken < CohortRow.capacity)
        .values(taken=CohortRow.taken + 1)
        .returning(CohortRow.taken)
        .execution_options(synchronize_session=False)
    )
    return taken is not None


async def give_back(
    session: AsyncSession,
    cohort_id: str,
    now: datetime,
    notices: Notices,
    *,
    offer_days: int,
    but_not: frozenset[str] = frozenset(),
) -> None:
    """A place of the cohort has become free: it is offered to the first who waits, or counted as free.

    ``but_not``: registrations that have just had their turn. The place of a cohort that is not open goes to nobody.
    """
    await session.execute(
        update(CohortRow)
        .where(CohortRow.id == cohort_id)
        .values(taken=CohortRow.taken - 1)
        .execution_options(synchronize_session=False)
    )
    await offer_places(session, cohort_id, now, notices, offer_days=offer_days, at_most=1, but_not=but_not)


async def offer_places(
    session: AsyncSession,
    cohort_id: str,
    now: datetime,
    notices: Notices,
    *,
    offer_days: int,
    at_most: int | None = None,
    but_not: frozenset[str] = frozenset(),
) -> int:
    """Offers the cohort's free places, ``at_most`` so many, to those who wait longest; returns how many it offered."""
    offered = 0
    while offered != at_most and (first := await _first_who_waits(session, cohort_id, but_not)):
        standing = await lock_registration(session, first)
        if not standing.waits or standing.cohort_id != cohort_id:
            continue  # it has just got a place of another hub
        if not await take(session, cohort_id):
            break
        until = now + timedelta(days=offer_days)
        await record(
            session, first, "waiting", "system", "A place became free and was offered.", now, offered_until=until
        )
        await notices.place_offered(session, await registration(session, first), now)
        offered += 1
    return offered


async def _first_who_waits(session: AsyncSession, cohort_id: str, but_not: frozenset[str]) -> str | None:
    """Who waits longest since they came, or since a place was last offered to them: whoever lets one go is last in the line.

    Told by the order in which events were written, as clocks differ between machines.
    """
    row, event = RegistrationRow, RegistrationEventRow
    came = select(func.min(event.id)).where(event.registration_id == row.id)
    last_offer = select(func.max(event.id)).where(
        event.registration_id == row.id, event.state == "waiting", event.by == "system"
    )
    turn = func.coalesce(last_offer.scalar_subquery(), came.scalar_subquery(), 0)
    waits = (row.cohort_id == cohort_id, row.state == "waiting", row.offered_until.is_(None), row.id.not_in(but_not))
    return await session.scalar(select(row.id).where(*waits).order_by(turn, row.created_at, row.id).limit(1))
