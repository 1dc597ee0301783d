"""What arrived from Slack and Teams: kept before it is acknowledged, given to one worker at a time, emptied once handled."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.inserting import insert_once
from bot.store.tables import ChatEventRow
from bot.store.waking import Waking

_LONGEST_KEY = 250

arrivals = Waking()


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event that one worker handles now. ``attempts`` counts this one; ``lease_until`` tells this lease from later ones."""

    id: int
    platform: str
    payload: dict[str, Any]
    attempts: int
    lease_until: datetime


async def keep(session: AsyncSession, platform: str, key: str, payload: dict[str, Any], now: datetime) -> bool:
    """Keeps what arrived, under the key that the platform tells it from others by; the caller commits, and acknowledges after.

    False, and nothing is kept, when it was there already: it is delivered again, and is or will be handled.
    """
    values = {
        "platform": platform,
        "key": key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode(errors="replace")).hexdigest(),
        "payload": payload,
        "state": "new",
        "attempts": 0,
        "next_at": now,
        "error": "",
        "received_at": now,
    }
    inserting = insert_once(session, ChatEventRow, values, unique=["platform", "key"])
    is_new = await session.scalar(inserting.returning(ChatEventRow.id)) is not None
    if is_new:
        arrivals.after_commit(session)
    return is_new


async def is_any_due(session: AsyncSession, platforms: list[str], now: datetime) -> bool:
    """Whether ``take`` would find something; only reads."""
    row = ChatEventRow
    return await session.scalar(select(row.id).where(*_is_due(platforms, now)).limit(1)) is not None


async def take(session: AsyncSession, platforms: list[str], now: datetime, until: datetime) -> Arrived | None:
    """Leases what is due longest until ``until``; None when nothing is due."""
    row = ChatEventRow
    due = (
        select(row.id)
        .where(*_is_due(platforms, now))
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
    return Arrived(taken.id, taken.platform, taken.payload or {}, taken.attempts, until) if taken else None


async def settle(
    session: AsyncSession, arrived: Arrived, state: Literal["done", "failed"], now: datetime, error: str = ""
) -> bool:
    """Notes how it ended; False when the lease has gone to another. What failed keeps its payload, until it is retired."""
    kept = {} if state == "failed" else {"payload": None}
    return await _update(session, arrived, state=state, error=error[:1000], handled_at=now, lease_until=None, **kept)


async def postpone(session: AsyncSession, arrived: Arrived, until: datetime, why: str) -> bool:
    """Leaves it for later; False as above."""
    return await _update(session, arrived, next_at=until, error=why[:1000], lease_until=None)


async def _update(session: AsyncSession, arrived: Arrived, **values: object) -> bool:
    row = ChatEventRow
    noted = await session.scalar(
        update(row)
        .where(row.id == arrived.id, row.state == "new", row.lease_until == arrived.lease_until)
        .values(**values)
        .returning(row.id)
        .execution_options(synchronize_session=False)
    )
    return noted is not None


def _is_due(platforms: list[str], now: datetime) -> tuple[Any, ...]:
    row = ChatEventRow
    is_free = or_(row.lease_until.is_(None), row.lease_until <= now)
    return row.platform.in_(platforms), row.state == "new", row.next_at <= now, is_free
