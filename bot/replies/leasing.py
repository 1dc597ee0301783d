"""Gives arrived mails to whoever handles them, each to one at a time. A lease ends by itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import InboundRow

State = Literal["answered", "handed_over", "noted", "ignored", "failed"]


@dataclass(frozen=True, slots=True)
class Inbound:
    """A mail that one worker handles now. ``attempts`` counts this one; ``lease_until`` tells this lease from later ones."""

    id: int
    key: str
    raw: bytes
    size: int
    sender: str
    attempts: int
    received_at: datetime
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a mail: ``verdict`` is what it was taken for; ``error`` is for the person who has to look at it."""

    state: State
    verdict: str
    letter_id: str | None = None
    thread_id: str | None = None
    error: str = ""


async def take(session: AsyncSession, now: datetime, until: datetime) -> Inbound | None:
    """Leases the mail that is due longest until ``until``; None when none is due."""
    row = InboundRow
    due = (
        select(row.id)
        .where(row.state == "new", row.next_at <= now, or_(row.lease_until.is_(None), row.lease_until <= now))
        .order_by(row.next_at, row.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    taken = await session.scalar(
        update(row)
        .where(row.id == due)
        .values(lease_until=until, attempts=row.attempts + 1)
        .returning(row)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        return None
    return Inbound(
        taken.id, taken.key, taken.raw or b"", taken.size, taken.sender, taken.attempts, taken.received_at, until
    )


async def settle(session: AsyncSession, inbound: Inbound, outcome: Outcome, now: datetime) -> bool:
    """Notes what came of a mail, whose text goes unless a person has to look; False when the lease has gone to another."""
    kept = {} if outcome.state == "failed" else {"raw": None}
    return await _update(
        session,
        inbound,
        state=outcome.state,
        verdict=outcome.verdict[:40],
        letter_id=outcome.letter_id,
        thread_id=outcome.thread_id,
        error=outcome.error[:1000],
        handled_at=now,
        lease_until=None,
        **kept,
    )


async def postpone(session: AsyncSession, inbound: Inbound, until: datetime, why: str) -> bool:
    """Leaves a mail for later; False as above."""
    return await _update(session, inbound, next_at=until, error=why[:1000], lease_until=None)


async def _update(session: AsyncSession, inbound: Inbound, **values: object) -> bool:
    row = InboundRow
    noted = await session.scalar(
        update(row)
        .where(row.id == inbound.id, row.state == "new", row.lease_until == inbound.lease_until)
        .values(**values)
        .returning(row.id)
        .execution_options(synchronize_session=False)
    )
    return noted is not None
