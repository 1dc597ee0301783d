"""Gives posts to workers, each to one at a time. A lease ends by itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outbox.queue import enqueue as enqueue_mail
from bot.outbox.retry import Decision
from bot.posts.fallback import mail_of
from bot.posts.poster import Reference
from bot.store.tables import ChatPostRow

_DUE = ("queued", "waiting", "in_flight")


@dataclass(frozen=True, slots=True)
class LeasedPost:
    """A post that one worker posts now. ``attempts`` counts this one."""

    id: int
    key: str
    account_id: str
    kind: str
    subject_kind: str
    subject_id: str
    content: dict[str, Any]
    attempts: int


async def is_any_due(session: AsyncSession, platform: str, now: datetime) -> bool:
    """Whether ``take`` would find a post; only reads."""
    row = ChatPostRow
    due = select(row.id).where(row.platform == platform, row.state.in_(_DUE), row.next_at <= now).limit(1)
    return await session.scalar(due) is not None


async def take(session: AsyncSession, platform: str, owner: str, now: datetime, until: datetime) -> LeasedPost | None:
    """Leases the post that is due longest to ``owner``; None when none is due. A leased one is due when its lease is over."""
    row = ChatPostRow
    due = (
        select(row.id)
        .where(row.platform == platform, row.state.in_(_DUE), row.next_at <= now)
        .order_by(row.next_at, row.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    columns = (row.id, row.key, row.account_id, row.kind, row.subject_kind, row.subject_id, row.content, row.attempts)
    taken = await session.execute(
        update(row)
        .where(row.id == due)
        .values(state="in_flight", lease_owner=owner, lease_until=until, next_at=until, attempts=row.attempts + 1)
        .returning(*columns)
        .execution_options(synchronize_session=False)
    )
    found = taken.one_or_none()
    return LeasedPost(**found._mapping) if found else None


async def settle(
    session: AsyncSession,
    post: LeasedPost,
    owner: str,
    decision: Decision,
    now: datetime,
    sent: Reference | None = None,
    *,
    is_card: bool = False,
) -> bool:
    """Notes what became of a leased post; False, and nothing noted, when the lease has gone to somebody else.

    What cannot be posted leaves by mail, in the same transaction. Once that is settled neither mail nor words are kept here.
    """
    row = ChatPostRow
    is_mine = (row.id == post.id, row.state == "in_flight", row.lease_owner == owner)
    fallback = await session.execute(select(row.fallback).where(*is_mine).with_for_update())
    if (found := fallback.one_or_none()) is None:
        return False
    if decision.state == "failed" and found.fallback:
        await enqueue_mail(session, mail_of(found.fallback), now)
    is_over = decision.state in ("sent", "failed", "withheld")
    emptied = {"content": {"is_card": True} if is_card else {}, "fallback": None} if is_over else {}
    await session.execute(
        update(row)
        .where(row.id == post.id)
        .values(
            state=decision.state,
            next_at=decision.next_at,
            last_error=decision.error[:1000],
            sent_at=now if decision.state == "sent" else None,
            sent_ref=dict(sent) if sent is not None else None,
            lease_owner=None,
            lease_until=None,
            **emptied,
        )
        .execution_options(synchronize_session=False)
    )
    if sent is not None and "post" in post.content:  # shown anew, and perhaps in a new place
        shown = update(row).where(row.id == post.content["post"]).values(sent_ref=dict(sent))
        await session.execute(shown.execution_options(synchronize_session=False))
    return True
