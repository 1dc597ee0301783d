"""Which hub invites somebody who asks for the letter."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import CohortRow, HubRow


async def inviting_cohort(session: AsyncSession, known: Iterable[str | None], year: int) -> str | None:
    """The first of the ``known`` cohorts that takes schools in ``year``, by its id; None where none does."""
    for cohort_id in known:
        open_one = select(CohortRow.id).where(CohortRow.id == cohort_id, CohortRow.year == year, CohortRow.is_open)
        if cohort_id and await session.scalar(open_one):
            return cohort_id
    return None


async def only_cohort(session: AsyncSession, year: int) -> str | None:
    """The one cohort that takes schools in ``year``, where there are not several; an example hub invites nobody."""
    of_year = (
        select(CohortRow.id)
        .join(HubRow, HubRow.id == CohortRow.hub_id)
        .where(CohortRow.year == year, CohortRow.is_open, HubRow.is_example.is_(False))
        .limit(2)
    )
    found = (await session.scalars(of_year)).all()
    return found[0] if len(found) == 1 else None
