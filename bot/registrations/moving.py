"""A school goes to another hub of the same year: one transaction gives the one place back and takes the other."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs.finding import place_of
from bot.registrations.notices import Notices
from bot.registrations.offering import give_back, take
from bot.registrations.problems import NotPossible
from bot.registrations.reading import registration
from bot.registrations.registration import Actor, Registration, State
from bot.registrations.rows import Standing, lock_cohort, lock_registration, record
from bot.store.tables import RegistrationRow


async def move(
    session: AsyncSession,
    registration_id: str,
    cohort_id: str,
    by: Actor,
    why: str,
    now: datetime,
    notices: Notices,
    *,
    offer_days: int,
) -> Registration:
    """Moves a school to the hub of this cohort, whose leader confirms it anew; who waits, gets a place there or waits there.

    Its place, held or offered, goes to the first who waits for it. Nothing happens when it is there already. Raises
    RegistrationUnknown, and NotPossible when it has withdrawn, the year is another, or the hub has no place left.
    """
    standing = await lock_for_moving(session, registration_id, cohort_id)
    before = await registration(session, registration_id)
    if standing.cohort_id == cohort_id:
        return before
    await _check(session, before, cohort_id)
    has_place = await take(session, cohort_id)
    if not has_place and standing.state != "waiting":
        raise NotPossible("That hub has no place left, or takes no schools just now. Choose another.")
    state: State = "interested" if has_place else "waiting"
    await record(session, registration_id, state, by, why, now, cohort_id=cohort_id, offered_until=None)
    await notices.moved(session, await registration(session, registration_id), now, before.place)
    if standing.holds_a_place and standing.cohort_id is not None:
        await give_back(session, standing.cohort_id, now, notices, offer_days=offer_days)
    return await registration(session, registration_id)


async def lock_for_moving(session: AsyncSession, registration_id: str, cohort_id: str) -> Standing:
    """Locks both cohorts, in the order of their ids, and then the registration. Raises RegistrationUnknown."""
    its_cohort = select(RegistrationRow.cohort_id).where(RegistrationRow.id == registration_id)
    while True:
        current = await session.scalar(its_cohort)
        savepoint = await session.begin_nested()
        for one in sorted({cohort_id, current or cohort_id}):
            await lock_cohort(session, one)
        standing = await lock_registration(session, registration_id)
        if standing.cohort_id == current:
            await savepoint.commit()
            return standing
        await savepoint.rollback()  # it has got another cohort meanwhile: give all locks back, and start over


async def _check(session: AsyncSession, before: Registration, cohort_id: str) -> None:
    there = await place_of(session, cohort_id)
    if there is None:
        raise NotPossible("There is no such hub. Choose one of the list.")
    if there.year != before.year:
        raise NotPossible("The school registered for another school year than that hub's places are of.")
    if before.state == "withdrawn":
        raise NotPossible("This school has withdrawn, so there is nothing to move. It can register again.")
