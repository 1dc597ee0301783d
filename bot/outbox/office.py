"""What a person sees of the outbox, and may do: look at what could not be delivered, and have it sent again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import OutboxRow

State = Literal["queued", "in_flight", "waiting", "sent", "failed", "withheld"]
UNSENT: tuple[State, ...] = ("queued", "in_flight", "waiting", "failed", "withheld")


@dataclass(frozen=True, slots=True)
class Standing:
    """A mail and how it stands. ``next_at``: when it is tried (again); ``error``: what went wrong last, or empty."""

    id: int
    kind: str
    state: State
    recipient: str
    subject: str
    registration_id: str | None
    attempts: int
    created_at: datetime
    next_at: datetime
    sent_at: datetime | None
    error: str


_COLUMNS = (
    OutboxRow.id,
    OutboxRow.kind,
    OutboxRow.state,
    OutboxRow.recipient,
    OutboxRow.subject,
    OutboxRow.registration_id,
    OutboxRow.attempts,
    OutboxRow.created_at,
    OutboxRow.next_at,
    OutboxRow.sent_at,
    OutboxRow.last_error.label("error"),
)


async def listed(session: AsyncSession, states: tuple[State, ...], limit: int = 1000) -> list[Standing]:
    """Mails in one of ``states``, the newest first."""
    found = await session.execute(
        select(*_COLUMNS).where(OutboxRow.state.in_(states)).order_by(OutboxRow.id.desc()).limit(limit)
    )
    return [Standing(**row._mapping) for row in found]


async def retry(session: AsyncSession, now: datetime, mail_id: int | None = None) -> int:
    """Has the failed mail ``mail_id``, or every failed one, sent again as if for the first time; returns how many."""
    failed = OutboxRow.state == "failed"
    which = failed if mail_id is None else failed & (OutboxRow.id == mail_id)
    again = update(OutboxRow).where(which).values(state="queued", attempts=0, next_at=now).returning(OutboxRow.id)
    return len((await session.scalars(again)).all())


async def state_of(session: AsyncSession, mail_id: int) -> State | None:
    """The state of a mail, None when there is none with this number."""
    state: State | None = await session.scalar(select(OutboxRow.state).where(OutboxRow.id == mail_id))
    return state


async def counts(session: AsyncSession) -> dict[State, int]:
    """How many mails are in each state but ``sent``."""
    rows = await session.execute(
        select(OutboxRow.state, func.count()).where(OutboxRow.state.in_(UNSENT)).group_by(OutboxRow.state)
    )
    found = {state: count for state, count in rows}  # noqa: C416
    return {state: found.get(state, 0) for state in UNSENT}
