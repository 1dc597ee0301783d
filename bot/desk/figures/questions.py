"""Questions that were handed over to people: how many, and how long their answers took."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.figures.weeks import WEEKS, begins, mondays, week_of
from bot.staff.member import Member
from bot.store.tables import QuestionRow


@dataclass(frozen=True, slots=True)
class HandedOver:
    """``open``, and ``overdue`` among them, are as things stand; the rest is of the ``weeks``, by when it was asked.

    ``asked`` and ``answered`` count by week, oldest first. ``half_within``: half of the answers took no longer; ``longest``: none
    did. None where nothing was answered.
    """

    weeks: tuple[date, ...]
    open: int
    overdue: int
    asked: tuple[int, ...]
    answered: tuple[int, ...]
    half_within: timedelta | None
    longest: timedelta | None


async def handed_over(session: AsyncSession, member: Member, now: datetime, weeks: int = WEEKS) -> HandedOver:
    """Of a leader's hubs, or of all."""
    since, row = mondays(now, weeks), QuestionRow
    theirs = is_of_hubs(member, row.hub_id)
    is_open = select(func.count()).where(row.state == "open", *theirs)
    found = await session.execute(
        select(week_of(row.created_at, since), row.state, row.created_at, row.answered_at).where(
            row.created_at >= begins(since[0]), *theirs
        )
    )
    asked, answered, took = Counter[int](), Counter[int](), list[timedelta]()
    for week, state, created_at, answered_at in found:
        asked[week] += 1
        if state == "answered" and answered_at is not None:
            answered[week] += 1
            took.append(answered_at - created_at)
    return HandedOver(
        weeks=tuple(since),
        open=await session.scalar(is_open) or 0,
        overdue=await session.scalar(is_open.where(row.due_at < now)) or 0,
        asked=tuple(asked[index] for index in range(len(since))),
        answered=tuple(answered[index] for index in range(len(since))),
        half_within=timedelta(seconds=median(each.total_seconds() for each in took)) if took else None,
        longest=max(took, default=None),
    )


def is_of_hubs(member: Member, column: Any) -> list[ColumnElement[bool]]:
    """The condition that something of the hub in ``column`` is theirs to see."""
    return [] if member.is_office else [column.in_(member.hub_ids)]
