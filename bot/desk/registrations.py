"""Registrations of a member's hubs: looked at, confirmed, withdrawn."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.done import Done
from bot.registrations import changing, reading
from bot.registrations.notices import Notices
from bot.registrations.problems import RegistrationUnknown
from bot.registrations.registration import Actor, Registration
from bot.registrations.rows import lock
from bot.staff import audit
from bot.staff.member import Doing, Member, NotAllowed
from bot.store.tables import CohortRow, RegistrationRow


async def registration(session: AsyncSession, member: Member, registration_id: str) -> Registration:
    """One registration. Raises NotAllowed."""
    await hub_of(session, member, registration_id)
    return await reading.registration(session, registration_id)


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
