"""The hubs of a member: their places, their first session, and what the office may change."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.done import Done
from bot.hubs import changing
from bot.hubs.changing import Session
from bot.hubs.finding import as_place, places
from bot.hubs.place import Place
from bot.hubs.problems import HubProblem
from bot.notices import phrases
from bot.registrations.notices import Notices
from bot.registrations.offering import offer_places
from bot.registrations.rows import lock_cohort
from bot.staff import audit
from bot.staff.member import Doing, Member, NotAllowed
from bot.store.tables import CohortRow, HubRow, RegistrationRow

__all__ = [
    "HubProblem",
    "HubShown",
    "Session",
    "hub",
    "hubs",
    "set_capacity",
    "set_first_session",
    "set_open",
    "targets",
]


@dataclass(frozen=True, slots=True)
class HubShown:
    """A hub's places of a year; ``to_confirm`` hold one that is not confirmed yet, ``waiting`` hold none."""

    hub_id: str
    place: Place
    is_open: bool
    confirmed: int
    to_confirm: int
    waiting: int


async def hubs(session: AsyncSession, member: Member, year: int | None = None) -> list[HubShown]:
    """The member's hubs by name, the newest year first; the office's are all."""
    return await _read(session, member, None, year)


async def hub(session: AsyncSession, member: Member, cohort_id: str) -> HubShown:
    """One of the member's. Raises NotAllowed."""
    found = await _read(session, member, cohort_id, None)
    if not found:
        raise NotAllowed
    return found[0]


async def targets(session: AsyncSession, cohort_id: str | None, year: int) -> list[Place]:
    """Where a school of this cohort can be moved: every other open hub of the year, those with places first."""
    wanted = places().where(CohortRow.year == year, CohortRow.is_open).order_by(HubRow.name)
    if cohort_id is not None:
        wanted = wanted.where(CohortRow.id != cohort_id)
    found = [as_place(row) for row in await session.execute(wanted)]
    return sorted(found, key=lambda place: place.left <= 0)


async def set_first_session(
    session: AsyncSession, doing: Doing, cohort_id: str, fixed: Session, now: datetime
) -> Done[HubShown]:
    """Fixes the first session, or takes it back. Raises NotAllowed and HubProblem. The caller commits."""
    await lock_cohort(session, cohort_id)
    before = await hub(session, doing.member, cohort_id)
    if await changing.first_session(session, cohort_id) == fixed:
        earlier = await audit.last(session, ("hub", before.hub_id), "first session")
        return Done(before, by=earlier, is_new=False)
    await changing.set_first_session(session, cohort_id, fixed)
    after = await hub(session, doing.member, cohort_id)
    return await _done(session, doing, after, "first session", phrases.first_session(after.place), now)


async def set_capacity(
    session: AsyncSession,
    doing: Doing,
    cohort_id: str,
    capacity: int,
    now: datetime,
    notices: Notices,
    *,
    offer_days: int,
) -> Done[HubShown]:
    """How many places there are; new ones go to those who wait. The office's alone. Raises NotAllowed and HubProblem."""
    before = await _of_office(session, doing, cohort_id)
    if before.place.capacity == capacity:
        return Done(before, is_new=False)
    await changing.set_capacity(session, cohort_id, capacity)
    await offer_places(session, cohort_id, now, notices, offer_days=offer_days)
    after = await hub(session, doing.member, cohort_id)
    return await _done(session, doing, after, "places", f"{capacity} places, before {before.place.capacity}", now)


async def set_open(
    session: AsyncSession,
    doing: Doing,
    cohort_id: str,
    is_open: bool,
    now: datetime,
    notices: Notices,
    *,
    offer_days: int,
) -> Done[HubShown]:
    """Whether the hub takes schools; once it does, free places go to those who wait. The office's alone. Raises NotAllowed."""
    before = await _of_office(session, doing, cohort_id)
    if before.is_open == is_open:
        return Done(before, is_new=False)
    await changing.set_open(session, cohort_id, is_open)
    if is_open:
        await offer_places(session, cohort_id, now, notices, offer_days=offer_days)
    after = await hub(session, doing.member, cohort_id)
    return await _done(session, doing, after, "opened" if is_open else "closed", "", now)


async def _of_office(session: AsyncSession, doing: Doing, cohort_id: str) -> HubShown:
    if not doing.member.is_office:
        raise NotAllowed
    await lock_cohort(session, cohort_id)
    return await hub(session, doing.member, cohort_id)


async def _done(
    session: AsyncSession, doing: Doing, after: HubShown, action: str, detail: str, now: datetime
) -> Done[HubShown]:
    said = ": ".join(filter(None, (after.place.hub_name, detail)))
    await audit.write(session, doing, action, ("hub", after.hub_id), now, hub_id=after.hub_id, detail=said)
    return Done(after)


async def _read(session: AsyncSession, member: Member, cohort_id: str | None, year: int | None) -> list[HubShown]:
    row = RegistrationRow

    def counted(state: str) -> object:
        return func.sum(case((row.state == state, 1), else_=0)).label(state)

    counts = (
        select(row.cohort_id, counted("confirmed"), counted("interested"), counted("waiting"))  # type: ignore[call-overload]
        .group_by(row.cohort_id)
        .subquery()
    )
    wanted = places().outerjoin(counts, counts.c.cohort_id == CohortRow.id)
    if not member.is_office:
        wanted = wanted.where(HubRow.id.in_(member.hub_ids))
    if cohort_id is not None:
        wanted = wanted.where(CohortRow.id == cohort_id)
    if year is not None:
        wanted = wanted.where(CohortRow.year == year)
    columns = (HubRow.id.label("hub_id"), CohortRow.is_open, counts.c.confirmed, counts.c.interested, counts.c.waiting)
    found = await session.execute(wanted.add_columns(*columns).order_by(HubRow.name, CohortRow.year.desc()))
    return [
        HubShown(one.hub_id, as_place(one), one.is_open, one.confirmed or 0, one.interested or 0, one.waiting or 0)
        for one in found
    ]
