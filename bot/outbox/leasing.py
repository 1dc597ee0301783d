"""Gives mails of the outbox to workers, each to one at a time. A lease ends by itself: no reaper has to be right."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ScalarSelect, bindparam, func, inspect, select, update
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


# The statements are made once, on the table itself: made anew for every mail, they would take longer than the database.
_MAIL = inspect(OutboxRow).local_table.c
_NOW: BindParameter[datetime] = bindparam("now", type_=_MAIL.next_at.type)


def _longest_due(state: str) -> ScalarSelect[int]:
    # One look-up a state, so that each follows the index on (state, next_at); a leased mail is due when its lease is over.
    return (
        select(_MAIL.id)
        .where(_MAIL.state == state, _MAIL.next_at <= _NOW)
        .order_by(_MAIL.next_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )


_UNTIL: BindParameter[datetime] = bindparam("until", type_=_MAIL.lease_until.type)
_TAKING = (
    update(_MAIL.id.table)
    .where(_MAIL.id == func.coalesce(*(_longest_due(state) for state in _DUE)))
    .values(
        state="in_flight",
        lease_owner=bindparam("owner"),
        lease_until=_UNTIL,
        next_at=_UNTIL,
        attempts=_MAIL.attempts + 1,
    )
    .returning(*(_MAIL[field.name] for field in fields(Leased)))
)
_SETTLING = (
    update(_MAIL.id.table)
    .where(_MAIL.id == bindparam("mail_id"), _MAIL.state == "in_flight", _MAIL.lease_owner == bindparam("owner"))
    .values(
        state=bindparam("new_state"),
        next_at=bindparam("new_next_at"),
        last_error=bindparam("new_error"),
        sent_at=bindparam("new_sent_at"),
        lease_owner=None,
        lease_until=None,
    )
    .returning(_MAIL.id)
)


async def take(session: AsyncSession, owner: str, now: datetime, until: datetime) -> Leased | None:
    """Leases the mail that is due longest to ``owner`` until ``until``; None when none is due.

    On PostgreSQL, rows that another worker just takes are passed over; on SQLite, the writing transaction is alone.
    """
    values = {"now": now, "owner": owner, "until": until}
    row = (await session.execute(_TAKING, values)).one_or_none()
    return Leased(**row._mapping) if row else None


async def settle(session: AsyncSession, mail_id: int, owner: str, decision: Decision, now: datetime) -> bool:
    """Notes what became of a leased mail; False, and nothing noted, when the lease has gone to somebody else."""
    values = {
        "mail_id": mail_id,
        "owner": owner,
        "new_state": decision.state,
        "new_next_at": decision.next_at,
        "new_error": decision.error[:1000],
        "new_sent_at": now if decision.state == "sent" else None,
    }
    return (await session.execute(_SETTLING, values)).one_or_none() is not None


async def is_any_due(session: AsyncSession, now: datetime) -> bool:
    """Whether ``take`` would find a mail; only reads."""
    due = select(OutboxRow.id).where(OutboxRow.state.in_(_DUE), OutboxRow.next_at <= now).limit(1)
    return await session.scalar(due) is not None
