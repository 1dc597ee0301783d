"""Registrations of a member's hubs: looked for, confirmed, moved, withdrawn."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.done import Done
from bot.registrations import changing, moving, reading, searching
from bot.registrations.notices import Notices
from bot.registrations.problems import RegistrationUnknown
from bot.registrations.registration import Actor, Registration
from bot.registrations.rows import lock
from bot.registrations.searching import Wanted
from bot.staff import audit
from bot.staff.member import Doing, Member, NotAllowed
from bot.store.tables import CohortRow, RegistrationRow


async def registration(session: AsyncSession, member: Member, registration_id: str) -> Registration:
    """One registration. Raises NotAllowed."""
    await hub_of(session, member, registration_id)
    return await reading.registration(session, registration_id)


async def listed(
    session: AsyncSession, member: Member, wanted: Wanted, *, limit: int | None = 50, offset: int = 0
) -> list[Registration]:
    """Those of the member's that match, the newest first; ``limit`` None: all. Raises NotAllowed for another's hub."""
    return await searching.search(session, _theirs(member, wanted), limit=limit, offset=offset)


async def count(session: AsyncSession, member: Member, wanted: Wanted) -> int:
    """How many of the member's match. Raises NotAllowed for another's hub."""
    return await searching.count(session, _theirs(member, wanted))


def _theirs(member: Member, wanted: Wanted) -> Wanted:
    for hub_id in wanted.hub_ids or ():
        member.check(hub_id)
    if member.is_office or wanted.hub_ids is not None:
        return wanted
    return replace(wanted, hub_ids=member.hub_ids)


async def hub_of(session: AsyncSession, member: Member, registration_id: str) -> str | None:
    """The hub that a registration belongs to, None for a school that waits without one. Raises NotAllowed."""
    found = await session.execute(
        select(RegistrationRow.id, CohortRow.hub_id)
        .outerjoin(CohortRow, CohortRow.id == RegistrationRow.cohort_id)
        .where(RegistrationRow.id == registration_id)
    )
    row = found.one_or_none()
    if row is None:
        raise NotAllowed
    member.check(row.hub_id)
    hub_id: str | None = row.hub_id
    return hub_id


async def confirm(
    session: AsyncSession, doing: Doing, registration_id: str, now: datetime, notices: Notices
) -> Done[Registration]:
    """The place is sure. Raises NotAllowed, and NotPossible when the school holds none. The caller commits."""

    async def change() -> Registration:
        why = f"Confirmed by {doing.member.name}."
        return await changing.confirm(session, registration_id, actor(doing.member), why, now, notices)

    return await _changed(session, doing, registration_id, now, "confirmed", change)


async def withdraw(
    session: AsyncSession,
    doing: Doing,
    registration_id: str,
    why: str,
    now: datetime,
    notices: Notices,
    *,
    offer_days: int,
) -> Done[Registration]:
    """The school no longer takes part; its place goes to the first who waits. Raises NotAllowed. The caller commits."""

    async def change() -> Registration:
        reason = why.strip() or f"Withdrawn by {doing.member.name}."
        by = actor(doing.member)
        return await changing.withdraw(session, registration_id, by, reason, now, notices, offer_days=offer_days)

    return await _changed(session, doing, registration_id, now, "withdrawn", change)


async def move(
    session: AsyncSession,
    doing: Doing,
    registration_id: str,
    cohort_id: str,
    now: datetime,
    notices: Notices,
    *,
    offer_days: int,
) -> Done[Registration]:
    """To another hub of the same year: a leader gives away what is theirs, the office what it likes. The caller commits.

    Of two at once, one moves it, and the other sees who did. Raises NotAllowed, and NotPossible where there is no place.
    """
    try:
        standing = await moving.lock_for_moving(session, registration_id, cohort_id)
    except RegistrationUnknown:
        raise NotAllowed from None
    subject: tuple[audit.Subject, str] = ("registration", registration_id)
    if standing.cohort_id == cohort_id:
        return await _moved_before(session, doing.member, registration_id)
    from_hub = await hub_of(session, doing.member, registration_id)
    why, by = f"Moved to another hub by {doing.member.name}.", actor(doing.member)
    result = await moving.move(session, registration_id, cohort_id, by, why, now, notices, offer_days=offer_days)
    where = f"{result.school_name}: to {result.place.hub_name}" if result.place else result.school_name
    to_hub = await session.scalar(select(CohortRow.hub_id).where(CohortRow.id == cohort_id))
    await audit.write(session, doing, "moved here", subject, now, hub_id=to_hub, detail=where)  # in both hubs' records
    await audit.write(session, doing, "moved", subject, now, hub_id=from_hub, detail=where)
    return Done(result)


async def _moved_before(session: AsyncSession, member: Member, registration_id: str) -> Done[Registration]:
    earlier = await audit.last(session, ("registration", registration_id), "moved")
    if earlier is None or not member.may_see(earlier.hub_id):
        await hub_of(session, member, registration_id)
    return Done(await reading.registration(session, registration_id), by=earlier, is_new=False)


def actor(member: Member) -> Actor:
    """How the registration's own history names them."""
    return "office" if member.is_office else "leader"


async def _changed(
    session: AsyncSession,
    doing: Doing,
    registration_id: str,
    now: datetime,
    state: str,
    change: Callable[[], Awaitable[Registration]],
) -> Done[Registration]:
    """Of two at once, one has the lock first and does it, and the other sees who did."""
    try:
        before = await lock(session, registration_id)
    except RegistrationUnknown:
        raise NotAllowed from None
    hub_id = await hub_of(session, doing.member, registration_id)
    subject: tuple[audit.Subject, str] = ("registration", registration_id)
    if before.state == state:
        earlier = await audit.last(session, subject, state)
        return Done(await reading.registration(session, registration_id), by=earlier, is_new=False)
    result = await change()
    await audit.write(session, doing, state, subject, now, hub_id=hub_id, detail=result.school_name)
    return Done(result)
