"""What a person sees of the mail that arrived, and may do: look at what could not be handled, and have it tried again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import InboundRow


@dataclass(frozen=True, slots=True)
class Standing:
    """A mail and how it stands. ``next_at``: when a new one is tried (again); ``error``: what went wrong last, or empty."""

    id: int
    sender: str
    state: str
    verdict: str
    size: int
    attempts: int
    letter_id: str | None
    received_at: datetime
    next_at: datetime
    handled_at: datetime | None
    error: str


_COLUMNS = (
    InboundRow.id,
    InboundRow.sender,
    InboundRow.state,
    InboundRow.verdict,
    InboundRow.size,
    InboundRow.attempts,
    InboundRow.letter_id,
    InboundRow.received_at,
    InboundRow.next_at,
    InboundRow.handled_at,
    InboundRow.error,
)


async def listed(session: AsyncSession, *, failed: bool = False, limit: int = 1000) -> list[Standing]:
    """The mails that arrived, the newest first; only those that could not be handled where ``failed``."""
    rows = select(*_COLUMNS).order_by(InboundRow.id.desc()).limit(limit)
    found = await session.execute(rows.where(InboundRow.state == "failed") if failed else rows)
    return [Standing(**row._mapping) for row in found]


async def retry(session: AsyncSession, now: datetime, inbound_id: int | None = None) -> int:
    """Has the mail ``inbound_id``, or every one that failed, handled again, and what waits handled now; returns how many."""
    which = InboundRow.raw.is_not(None) & InboundRow.state.in_(("failed", "new"))
    if inbound_id is not None:
        which &= InboundRow.id == inbound_id
    again = (
        update(InboundRow)
        .where(which)
        .values(state="new", attempts=0, next_at=now, lease_until=None, handled_at=None, error="")
        .returning(InboundRow.id)
        .execution_options(synchronize_session=False)
    )
    return len((await session.scalars(again)).all())


async def raw_of(session: AsyncSession, inbound_id: int) -> bytes | None:
    """The mail itself, as long as it is kept."""
    raw: bytes | None = await session.scalar(select(InboundRow.raw).where(InboundRow.id == inbound_id))
    return raw


async def state_of(session: AsyncSession, inbound_id: int) -> str | None:
    """The state of a mail, None when there is none with this number."""
    state: str | None = await session.scalar(select(InboundRow.state).where(InboundRow.id == inbound_id))
    return state


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many mails are in each state."""
    rows = await session.execute(select(InboundRow.state, func.count().label("number")).group_by(InboundRow.state))
    return {row.state: row.number for row in rows}
