"""The rows that one change touches, locked in an order that everybody keeps: cohorts by id, registrations, persons.

PostgreSQL needs the locks, where several transactions write at once; on SQLite a writer is alone. A cohort's lock also means
that nobody joins its waiting list between "is anybody waiting?" and "then the place is free".
"""

from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.registrations.problems import RegistrationUnknown
from bot.registrations.registration import Actor, State
from bot.store.tables import CohortRow, RegistrationEventRow, RegistrationRow


class Standing(NamedTuple):
    """What a change of a registration depends on."""

    id: str
    state: State
    cohort_id: str | None
    offered_until: datetime | None

    @property
    def holds_a_place(self) -> bool:
        """Whether one of the cohort's ``taken`` places is this registration's, also while it is only offered."""
        return self.state in ("interested", "confirmed") or self.offered_until is not None

    @property
    def waits(self) -> bool:
        """Whether it has neither a place nor one offered."""
        return self.state == "waiting" and self.offered_until is None


async def lock_cohort(session: AsyncSession, cohort_id: str | None) -> int | None:
    """Locks the cohort until the transaction ends and returns its year; None: there is no such cohort."""
    if cohort_id is None:
        return None
    row = select(CohortRow.year).where(CohortRow.id == cohort_id)
    return await session.scalar(row.with_for_update(key_share=True))


async def lock(session: AsyncSession, registration_id: str) -> Standing:
    """Locks a registration, and before it its cohort. Raises RegistrationUnknown."""
    its_cohort = select(RegistrationRow.cohort_id).where(RegistrationRow.id == registration_id)
    while True:
        cohort_id = await session.scalar(its_cohort)
        savepoint = await session.begin_nested()
        await lock_cohort(session, cohort_id)
        standing = await lock_registration(session, registration_id)
        if standing.cohort_id == cohort_id:
            await savepoint.commit()
            return standing
        await savepoint.rollback()  # it has got another cohort meanwhile: give both locks back, and start over


async def lock_registration(session: AsyncSession, registration_id: str) -> Standing:
    """Locks a registration alone. Raises RegistrationUnknown."""
    row = RegistrationRow
    found = await session.execute(
        select(row.id, row.state, row.cohort_id, row.offered_until)
        .where(row.id == registration_id)
        .with_for_update(key_share=True)
    )
    if (standing := found.one_or_none()) is None:
        raise RegistrationUnknown(registration_id)
    return Standing(standing.id, cast(State, standing.state), standing.cohort_id, standing.offered_until)


async def record(
    session: AsyncSession, registration_id: str, state: State, by: Actor, why: str, now: datetime, **changed: object
) -> None:
    """Gives a registration its state and what else has ``changed``, and keeps who did it and why."""
    await session.execute(
        update(RegistrationRow)
        .where(RegistrationRow.id == registration_id)
        .values(state=state, updated_at=now, **changed)
        .execution_options(synchronize_session=False)
    )
    await note(session, registration_id, state, by, why, now)


async def note(session: AsyncSession, registration_id: str, state: State, by: Actor, why: str, now: datetime) -> None:
    """Keeps what happened to a registration, by whom and why."""
    await session.execute(
        insert(RegistrationEventRow).values(registration_id=registration_id, at=now, state=state, by=by, why=why)
    )
