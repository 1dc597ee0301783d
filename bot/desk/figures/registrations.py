"""How many schools registered, week by week."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.figures.questions import is_of_hubs
from bot.desk.figures.weeks import WEEKS, begins, mondays, week_of
from bot.staff.member import Member
from bot.store.tables import CohortRow, RegistrationRow


@dataclass(frozen=True, slots=True)
class Registered:
    """``new``: schools that registered in each week, oldest first, whatever became of them; ``before``: earlier ones."""

    weeks: tuple[date, ...]
    new: tuple[int, ...]
    before: int

    @property
    def so_far(self) -> tuple[int, ...]:
        """All of them up to the end of each week."""
        return tuple(self.before + sum(self.new[: index + 1]) for index in range(len(self.new)))


async def registered(session: AsyncSession, member: Member, now: datetime, weeks: int = WEEKS) -> Registered:
    """Those of a leader's hubs, or all; the latter also those that wait without a hub."""
    since, row = mondays(now, weeks), RegistrationRow
    of_hubs = is_of_hubs(member, CohortRow.hub_id)
    first = begins(since[0])
    theirs = [row.cohort_id.in_(select(CohortRow.id).where(*of_hubs))] if of_hubs else []
    week = week_of(row.created_at, since)
    found = await session.execute(select(week, func.count()).where(row.created_at >= first, *theirs).group_by(week))
    new = Counter({int(index): int(count) for index, count in found})
    before = await session.scalar(select(func.count()).where(row.created_at < first, *theirs))
    return Registered(tuple(since), tuple(new[index] for index in range(len(since))), before or 0)
