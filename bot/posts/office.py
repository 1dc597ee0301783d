"""What a person sees of the posts: how many wait, and what could not be posted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import ChatPostRow

_UNSENT = ("queued", "in_flight", "waiting", "failed", "withheld")


@dataclass(frozen=True, slots=True)
class Standing:
    """A post and how it stands. ``next_at``: when it is tried (again); ``error``: what went wrong last, or empty."""

    id: int
    platform: str
    kind: str
    state: str
    subject_kind: str
    subject_id: str
    attempts: int
    created_at: datetime
    next_at: datetime
    error: str


async def listed(session: AsyncSession, *, failed: bool = False, limit: int = 1000) -> list[Standing]:
    """Posts that have not left, the newest first; ``failed``: only those that are given up."""
    row = ChatPostRow
    columns = (row.id, row.platform, row.kind, row.state, row.subject_kind, row.subject_id, row.attempts)
    found = await session.execute(
        select(*columns, row.created_at, row.next_at, row.last_error.label("error"))
        .where(row.state.in_(("failed",) if failed else _UNSENT))
        .order_by(row.id.desc())
        .limit(limit)
    )
    return [Standing(**each._mapping) for each in found]


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many posts are in each state."""
    rows = await session.execute(select(ChatPostRow.state, func.count()).group_by(ChatPostRow.state))
    return {state: count for state, count in rows}  # noqa: C416
