"""How many answers by mail one address gets in a day: what two machines that answer each other cannot outrun."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import InboundRow

_DAY = timedelta(hours=24)


async def is_reached(session: AsyncSession, sender: str, most: int, now: datetime) -> bool:
    """Whether ``sender`` got ``most`` answers within 24 hours.

    In a writing transaction nobody else counts answers to the same address until it ends: SQLite has one writer, and on
    PostgreSQL they queue at a lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _lock_of(sender)})
    row = InboundRow
    answers = await session.scalar(
        select(func.count()).where(
            row.sender == sender, row.state.in_(("answered", "handed_over")), row.handled_at > now - _DAY
        )
    )
    return (answers or 0) >= most


def told_key(sender: str, now: datetime) -> str:
    """The outbox's key of the mail that says so to a person: one a day."""
    return f"too_many:{hashlib.sha256(sender.encode()).hexdigest()}:{now:%Y%m%d}"


def _lock_of(sender: str) -> int:
    return int.from_bytes(hashlib.sha256(b"psqm replies" + sender.encode()).digest()[:8], signed=True)
