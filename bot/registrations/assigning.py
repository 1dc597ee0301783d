"""A school that waits is handed to a hub, by itself or by the office."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.registrations.notices import Notices
from bot.registrations.offering import take
from bot.registrations.problems import NotPossible
from bot.registrations.reading import registration
from bot.registrations.registration import Actor, Registration
from bot.registrations.rows import Standing, lock_cohort, lock_registration, record


async def take_for_waiting(
    session: AsyncSession, waiting: Standing, cohort_id: str | None, by: Actor, why: str, now: datetime
) -> bool:
    """Gives a school that waits without an offer a place of this cohort, if there is one. Expects both to be locked."""
    if not waiting.waits or cohort_id is None or not await take(session, cohort_id):
        return False
    await record(session, waiting.id, "interested", by, why, now, cohort_id=cohort_id)
    return True


async def assign(
    session: AsyncSession, registration_id: str, cohort_id: str, by: Actor, why: str, now: datetime, notices: Notices
) -> Registration:
    """Hands a school that waits to a hub: it gets a place, or waits there when all are taken.

    Raises RegistrationUnknown, and NotPossible when it does not wait, has a place offered, or registered for another year.
    """
    year = await lock_cohort(session, cohort_id)
    standing = await lock_registration(session, registration_id)
    if not standing.waits:
        raise NotPossible("Only a school that waits, and has no place offered just now, can be handed to a hub.")
    if year != (await registration(session, registration_id)).year:
        raise NotPossible("The school registered for another school year than this hub's places are of.")
    if await take_for_waiting(session, standing, cohort_id, by, why, now):
        await notices.registered(session, result := await registration(session, registration_id), now)
        return result
    await record(session, registration_id, "waiting", by, why, now, cohort_id=cohort_id)
    await notices.waiting(session, result := await registration(session, registration_id), now)
    return result
