"""The record of what members of staff changed: written in the transaction that changes it, whichever door they came through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.staff.member import Doing, Door, Member
from bot.store.tables import AuditRow

Subject = Literal["registration", "question", "conversation", "hub", "letter", "account", "session", "example", "topic"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody did; ``name`` is empty where the service acted by itself. ``detail`` is a sentence, or empty."""

    at: datetime
    name: str
    door: Door
    action: str
    subject_kind: Subject
    subject_id: str
    hub_id: str | None
    detail: str


async def write(
    session: AsyncSession,
    doing: Doing | None,
    action: str,
    subject: tuple[Subject, str],
    now: datetime,
    *,
    hub_id: str | None = None,
    detail: str = "",
) -> None:
    """Notes what is done: ``action`` in a word or two (``confirmed``), ``subject`` its kind and id; ``doing`` None: by itself."""
    await session.execute(
        insert(AuditRow).values(
            at=now,
            member=doing.member.ref if doing else "",
            name=doing.member.name if doing else "",
            door=doing.door if doing else "service",
            action=action,
            subject_kind=subject[0],
            subject_id=subject[1],
            hub_id=hub_id,
            detail=detail,
        )
    )


async def of_subject(session: AsyncSession, subject: tuple[Subject, str]) -> list[Entry]:
    """What was done to this, oldest first."""
    kind, id_ = subject
    return await _read(session, [AuditRow.subject_kind == kind, AuditRow.subject_id == id_], newest_first=False)


async def latest(session: AsyncSession, member: Member, limit: int = 100, offset: int = 0) -> list[Entry]:
    """What was done lately to what ``member`` may see, newest first."""
    where = [] if member.is_office else [AuditRow.hub_id.in_(member.hub_ids)]
    return await _read(session, where, newest_first=True, limit=limit, offset=offset)


async def forget(session: AsyncSession, before: datetime) -> None:
    """Removes what was noted before this moment."""
    await session.execute(delete(AuditRow).where(AuditRow.at < before))


async def last(session: AsyncSession, subject: tuple[Subject, str], action: str) -> Entry | None:
    """Who did this to it last: what somebody who comes second is told."""
    kind, id_ = subject
    is_it = [AuditRow.subject_kind == kind, AuditRow.subject_id == id_, AuditRow.action == action]
    found = await _read(session, is_it, newest_first=True, limit=1)
    return found[0] if found else None


async def _read(
    session: AsyncSession, where: Sequence[object], *, newest_first: bool, limit: int | None = None, offset: int = 0
) -> list[Entry]:
    order = AuditRow.id.desc() if newest_first else AuditRow.id
    rows = await session.scalars(select(AuditRow).where(*where).order_by(order).limit(limit).offset(offset))  # type: ignore[arg-type]
    return [
        Entry(
            row.at,
            row.name,
            cast(Door, row.door),
            row.action,
            cast(Subject, row.subject_kind),
            row.subject_id,
            row.hub_id,
            row.detail,
        )
        for row in rows
    ]
