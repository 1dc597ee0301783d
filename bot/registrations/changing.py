"""Changes of a registration: by its people, by the hub's leader, by the office, by time.

Each returns the registration as it is afterwards, and does nothing when it is so already. All raise RegistrationUnknown.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.london import LONDON
from bot.registrations.notices import Notices
from bot.registrations.offering import give_back
from bot.registrations.problems import NotPossible, RegistrationUnknown
from bot.registrations.reading import registration
from bot.registrations.registration import Actor, Contact, Registration
from bot.registrations.rows import Standing, lock, lock_cohort, lock_registration, record
from bot.store.tables import PersonRow, RegistrationRow

__all__ = [
    "NotPossible",
    "RegistrationUnknown",
    "accept_offer",
    "confirm",
    "correct_contact",
    "decline_offer",
    "expire_offers",
    "withdraw",
]


async def confirm(
    session: AsyncSession, registration_id: str, by: Actor, why: str, now: datetime, notices: Notices
) -> Registration:
    """The place is sure. Raises NotPossible when the school holds none."""
    standing = await lock(session, registration_id)
    if standing.state == "confirmed":
        return await registration(session, registration_id)
    if standing.state == "withdrawn":
        raise NotPossible("This school has withdrawn, so there is no place to confirm. It can register again.")
    if standing.state == "waiting":
        raise NotPossible("This school is on the waiting list, so it has no place to confirm yet.")
    await record(session, registration_id, "confirmed", by, why, now)
    result = await registration(session, registration_id)
    await notices.confirmed(session, result, now)
    return result


async def withdraw(
    session: AsyncSession,
    registration_id: str,
    by: Actor,
    why: str,
    now: datetime,
    notices: Notices,
    *,
    offer_days: int,
) -> Registration:
    """The school no longer takes part; a place that it held, or was offered, goes to the first who waits."""
    standing = await lock(session, registration_id)
    if standing.state == "withdrawn":
        return await registration(session, registration_id)
    await record(session, registration_id, "withdrawn", by, why, now, offered_until=None)
    await notices.withdrawn(session, await registration(session, registration_id), now)
    if standing.holds_a_place and standing.cohort_id is not None:
        await give_back(session, standing.cohort_id, now, notices, offer_days=offer_days)
    return await registration(session, registration_id)


async def accept_offer(
    session: AsyncSession, registration_id: str, by: Actor, why: str, now: datetime, notices: Notices
) -> Registration:
    """The place that was offered is the school's. Raises NotPossible when none is, or when it was until earlier."""
    standing = await lock(session, registration_id)
    if standing.state in ("interested", "confirmed"):
        return await registration(session, registration_id)
    if standing.state == "withdrawn":
        raise NotPossible("This school has withdrawn, so no place is held for it. It can register again.")
    if standing.offered_until is None:
        raise NotPossible("No place is held for this school at the moment. It is still on the waiting list.")
    if standing.offered_until < now:
        until = standing.offered_until.astimezone(LONDON)
        raise NotPossible(f"The place was held until {until:%-d %B %Y}. The school is still on the waiting list.")
    await record(session, registration_id, "interested", by, why, now, offered_until=None)
    result = await registration(session, registration_id)
    await notices.registered(session, result, now)
    return result


async def decline_offer(
    session: AsyncSession,
    registration_id: str,
    by: Actor,
    why: str,
    now: datetime,
    notices: Notices,
    *,
    offer_days: int,
) -> Registration:
    """The school does not want the place that was offered, and withdraws. Raises NotPossible when none is offered."""
    standing = await lock(session, registration_id)
    if standing.state != "withdrawn" and standing.offered_until is None:
        raise NotPossible("No place is offered to this school at the moment, so there is nothing to decline.")
    return await withdraw(session, registration_id, by, why, now, notices, offer_days=offer_days)


async def correct_contact(
    session: AsyncSession,
    registration_id: str,
    person_id: str,
    *,
    name: str,
    role: str,
    phone: str,
    now: datetime,
    notices: Notices,
) -> Registration:
    """A person's own details are put right, in every registration of theirs. Raises NotPossible after withdrawal."""
    standing = await lock(session, registration_id)
    before = await registration(session, registration_id)
    known = next((contact for contact in before.contacts if contact.person_id == person_id), None)
    if known is None:
        raise RegistrationUnknown(registration_id)
    if standing.state == "withdrawn":
        raise NotPossible("This school has withdrawn, so there is nothing to correct. It can register again.")
    if known == Contact(person_id, name, role, known.email, phone):
        return before
    await session.execute(
        update(PersonRow)
        .where(PersonRow.id == person_id)
        .values(name=name, role=role, phone=phone)
        .execution_options(synchronize_session=False)
    )
    await record(session, registration_id, standing.state, "applicant", "Contact details corrected.", now)
    result = await registration(session, registration_id)
    await notices.corrected(session, result, now)
    return result


async def expire_offers(session: AsyncSession, now: datetime, notices: Notices, *, offer_days: int) -> int:
    """Places that were offered and not accepted in time go on to the next who wait; returns how many offers lapsed."""
    lapsed = await _due(session, now)
    for standing in lapsed:
        why = "The offered place was not accepted in time."
        await record(session, standing.id, "waiting", "system", why, now, offered_until=None)
        await notices.offer_lapsed(session, await registration(session, standing.id), now)
    just_had_their_turn = frozenset(standing.id for standing in lapsed)
    for standing in lapsed:
        if standing.cohort_id is not None:
            await give_back(
                session, standing.cohort_id, now, notices, offer_days=offer_days, but_not=just_had_their_turn
            )
    return len(lapsed)


async def _due(session: AsyncSession, now: datetime) -> list[Standing]:
    """Locks the registrations whose offer is over, after all of their cohorts; those that came first are first."""
    row = RegistrationRow
    is_due = (row.offered_until < now, row.cohort_id.is_not(None))
    cohorts = (await session.scalars(select(row.cohort_id).where(*is_due).distinct().order_by(row.cohort_id))).all()
    for cohort_id in cohorts:
        await lock_cohort(session, cohort_id)
    due = select(row.id).where(*is_due, row.cohort_id.in_(cohorts)).order_by(row.created_at, row.id)
    ids = (await session.scalars(due)).all()
    # Offers are made and answered by who holds the cohort's lock: these are due until this transaction ends.
    locked = {id_: await lock_registration(session, id_) for id_ in sorted(ids)}  # all in one order: no deadlock
    return [locked[id_] for id_ in ids]
