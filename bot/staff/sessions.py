"""Browsers that are signed in to the desk; what they may do is looked up at every request, so that who goes is out at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.staff.finding import member_named
from bot.staff.member import Member
from bot.store.tables import DeskSessionRow

_KEPT = timedelta(days=7)
_SEEN_EVERY = timedelta(minutes=5)
"""A visit is noted so often at most: a page that is only looked at should not wait for a writer's turn."""


@dataclass(frozen=True, slots=True)
class DeskSession:
    """A browser that is signed in."""

    id: str
    created_at: datetime
    last_at: datetime
    ends_at: datetime

    def is_to_be_noted(self, now: datetime) -> bool:
        """Whether ``seen`` should note this visit."""
        return now - self.last_at >= _SEEN_EVERY


async def begin(session: AsyncSession, member_ref: str, now: datetime, days: int) -> str:
    """Signs a browser in for so many days; returns the session's id."""
    id_ = str(uuid4())
    ends_at = now + timedelta(days=days)
    row = {"id": id_, "member": member_ref, "created_at": now, "last_at": now, "ends_at": ends_at, "ended_at": None}
    await session.execute(insert(DeskSessionRow).values(row))
    return id_


async def whose(session: AsyncSession, session_id: str, now: datetime) -> tuple[DeskSession, Member] | None:
    """The session and its member as they are now; None when it is over, or they are no longer there."""
    row = await session.get(DeskSessionRow, session_id)
    if row is None or row.ended_at is not None or row.ends_at <= now:
        return None
    member = await member_named(session, row.member)
    return (_as_session(row), member) if member else None


async def seen(session: AsyncSession, session_id: str, now: datetime) -> None:
    """Notes a visit."""
    await session.execute(update(DeskSessionRow).where(DeskSessionRow.id == session_id).values(last_at=now))


async def listed(session: AsyncSession, member: Member, now: datetime) -> list[DeskSession]:
    """The member's sessions that are not over, the latest used first."""
    row = DeskSessionRow
    is_on = (row.member == member.ref, row.ended_at.is_(None), row.ends_at > now)
    return [_as_session(one) for one in await session.scalars(select(row).where(*is_on).order_by(row.last_at.desc()))]


async def end(session: AsyncSession, member: Member, session_id: str, now: datetime) -> None:
    """Ends one session of the member's; another's stays as it is."""
    await _end(session, now, DeskSessionRow.id == session_id, DeskSessionRow.member == member.ref)


async def end_all(session: AsyncSession, member: Member, now: datetime) -> None:
    """Signs the member out of every browser."""
    await _end(session, now, DeskSessionRow.member == member.ref)


async def forget(session: AsyncSession, now: datetime) -> None:
    """Removes the sessions that ended a week ago or longer."""
    row, limit = DeskSessionRow, now - _KEPT
    await session.execute(delete(row).where(or_(row.ends_at < limit, row.ended_at < limit)))


async def _end(session: AsyncSession, now: datetime, *which: object) -> None:
    still_on = DeskSessionRow.ended_at.is_(None)
    await session.execute(
        update(DeskSessionRow)
        .where(still_on, *which)  # type: ignore[arg-type]
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def _as_session(row: DeskSessionRow) -> DeskSession:
    return DeskSession(row.id, row.created_at, row.last_at, row.ends_at)
