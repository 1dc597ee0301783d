"""Gives mails of the outbox to workers, each to one at a time. A lease ends by itself: no reaper has to be right."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outbox.retry import Decision
from bot.store.tables import OutboxRow

_DUE = ("in_flight", "waiting", "queued")


@dataclass(frozen=True, slots=True)
class Leased:
    """A mail that one worker sends now. ``attempts`` counts this one; ``message_id`` is the part before the "@";
    ``attachments`` are as they are kept, because a damaged one must not keep the others from leaving."""

    id: int
    kind: str
    recipient: str
    recipient_name: str
    reply_to: str
    subject: str
    text: str
    html: str
    attachments: list[dict[str, Any]]
    message_id: str
    attempts: int
    created_at: datetime
    letter_id: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    from_name: str = ""
    bounce_to: str = ""


async def take(session: AsyncSession, owner: str, now: datetime, until: datetime) -> Leased | None:
    """Leases the mail that is due longest to ``owner`` until ``until``; None when none is due.

    On PostgreSQL, rows that another worker just takes are passed over; on SQLite, the writing transaction is alone.
    """
    row = await session.scalar(
        update(OutboxRow)
        .where(OutboxRow.id == func.coalesce(*(_longest_due(state, now) for state in _DUE)))
        .values(state="in_flight", lease_owner=owner, lease_until=until, next_at=until, attempts=OutboxRow.attempts + 1)
        .returning(OutboxRow)
        .execution_options(synchronize_session=False)
    )
    return _leased(row) if row else None


async def settle(session: AsyncSession, mail_id: int, owner: str, decision: Decision, now: datetime) -> bool:
    """Notes what became of a leased mail; False, and nothing noted, when the lease has gone to somebody else."""
    noted = await session.scalar(
        update(OutboxRow)
        .where(OutboxRow.id == mail_id, OutboxRow.state == "in_flight", OutboxRow.lease_owner == owner)
        .values(
            state=decision.state,
            next_at=decision.next_at,
            last_error=decision.error[:1000],
            sent_at=now if decision.state == "sent" else None,
            lease_owner=None,
            lease_until=None,
        )
        .returning(OutboxRow.id)
        .execution_options(synchronize_session=False)
    )
    return noted is not None


async def is_any_due(session: AsyncSession, now: datetime) -> bool:
    """Whether ``take`` would find a mail; only reads."""
    due = select(OutboxRow.id).where(OutboxRow.state.in_(_DUE), OutboxRow.next_at <= now).limit(1)
    return await session.scalar(due) is not None


def _longest_due(state: str, now: datetime) -> ScalarSelect[int]:
    # One look-up a state, so that each follows the index on (state, next_at); a leased mail is due when its lease is over.
    return (
        select(OutboxRow.id)
        .where(OutboxRow.state == state, OutboxRow.next_at <= now)
        .order_by(OutboxRow.next_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )


def _leased(row: OutboxRow) -> Leased:
    return Leased(
        row.id,
        row.kind,
        row.recipient,
        row.recipient_name,
        row.reply_to,
        row.subject,
        row.text,
        row.html,
        row.attachments,
        row.message_id,
        row.attempts,
        row.created_at,
        row.letter_id,
        row.headers,
        row.from_name,
        row.bounce_to,
    )
