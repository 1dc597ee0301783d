"""Registrations that somebody looks for, a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.registrations import reading
from bot.registrations.registration import Registration, State
from bot.store.tables import CohortRow, ContactRow, PersonRow, RegistrationRow


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; each that is given narrows.

    ``hub_ids``: of these hubs alone. ``is_without_hub``: schools near which there is none. ``text`` is part of a school's name,
    town or postcode, or of a contact's name or email.
    """

    hub_ids: frozenset[str] | None = None
    is_without_hub: bool = False
    state: State | None = None
    year: int | None = None
    since: datetime | None = None
    text: str = ""
    by_hand: bool = False


async def search(session: AsyncSession, wanted: Wanted, *, limit: int | None, offset: int = 0) -> list[Registration]:
    """The registrations that match, the newest first; ``limit`` None: all."""
    return await reading.matching(session, _where(wanted), limit=limit, offset=offset)


async def count(session: AsyncSession, wanted: Wanted) -> int:
    """How many match."""
    row = RegistrationRow
    found = select(func.count()).select_from(row).outerjoin(CohortRow, CohortRow.id == row.cohort_id)
    return await session.scalar(found.where(*_where(wanted))) or 0


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    row = RegistrationRow
    found: list[ColumnElement[bool]] = []
    if wanted.hub_ids is not None:
        found.append(CohortRow.hub_id.in_(wanted.hub_ids))
    if wanted.is_without_hub:
        found.append(row.cohort_id.is_(None))
    if wanted.state is not None:
        found.append(row.state == wanted.state)
    if wanted.year is not None:
        found.append(row.year == wanted.year)
    if wanted.since is not None:
        found.append(row.created_at >= wanted.since)
    if wanted.by_hand:
        found.append(row.by_hand.is_(True))
    if wanted.text:
        found.append(_holds(wanted.text))
    return found


def _holds(text: str) -> ColumnElement[bool]:
    def within(column: Any) -> ColumnElement[bool]:
        return func.lower(column).contains(text.lower(), autoescape=True)

    row = RegistrationRow
    people = (
        select(ContactRow.registration_id)
        .join(PersonRow, PersonRow.id == ContactRow.person_id)
        .where(or_(within(PersonRow.name), within(PersonRow.email)))
    )
    return or_(within(row.school_name), within(row.school_town), within(row.school_postcode), row.id.in_(people))
