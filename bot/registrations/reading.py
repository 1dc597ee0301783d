"""Registrations as they are now."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import batched
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs.adding import is_named
from bot.hubs.finding import as_place, place_columns
from bot.registrations.application import ApplyingSchool
from bot.registrations.problems import RegistrationUnknown
from bot.registrations.registration import Actor, Change, Contact, Registration, State
from bot.registrations.school_key import school_key
from bot.store.tables import CohortRow, ContactRow, HubRow, LeaderRow, PersonRow, RegistrationEventRow, RegistrationRow

__all__ = [
    "ApplyingSchool",
    "RegistrationUnknown",
    "identified",
    "listed",
    "matching",
    "of_school",
    "registration",
    "school_key",
]

_IDS_A_QUERY = 500
_SHORTEST_BEGINNING = 4


async def registration(session: AsyncSession, registration_id: str) -> Registration:
    """The registration with this id. Raises RegistrationUnknown."""
    found = await _read(session, _registrations().where(RegistrationRow.id == registration_id))
    if not found:
        raise RegistrationUnknown(registration_id)
    return found[0]


async def of_school(session: AsyncSession, school_key: str, year: int) -> Registration | None:
    """The registration of this school and year that is not withdrawn."""
    found = await _read(
        session,
        _registrations().where(
            RegistrationRow.school_key == school_key,
            RegistrationRow.year == year,
            RegistrationRow.state != "withdrawn",
        ),
    )
    return found[0] if found else None


async def identified(session: AsyncSession, beginning: str) -> list[str]:
    """The ids of the registrations whose id begins so, two at most; none for fewer than four characters."""
    if len(beginning) < _SHORTEST_BEGINNING:
        return []
    begins = RegistrationRow.id.startswith(beginning.lower(), autoescape=True)
    return list((await session.scalars(select(RegistrationRow.id).where(begins).limit(2))).all())


async def listed(
    session: AsyncSession,
    *,
    hub: str | None,
    state: State | None,
    year: int | None,
    by_hand: bool = False,
) -> list[Registration]:
    """Registrations in the order in which they were made; each argument that is given narrows, ``hub`` by the hub's name."""
    event = RegistrationEventRow
    first_event = select(func.min(event.id)).where(event.registration_id == RegistrationRow.id).scalar_subquery()
    wanted = _registrations().order_by(RegistrationRow.created_at, first_event, RegistrationRow.id)
    if hub is not None:
        wanted = wanted.where(is_named(hub))
    if state is not None:
        wanted = wanted.where(RegistrationRow.state == state)
    if year is not None:
        wanted = wanted.where(RegistrationRow.year == year)
    if by_hand:
        wanted = wanted.where(RegistrationRow.by_hand)
    return await _read(session, wanted)


async def matching(
    session: AsyncSession, where: Sequence[ColumnElement[bool]], *, limit: int | None, offset: int = 0
) -> list[Registration]:
    """Registrations for which all of ``where`` holds (of the tables registration and cohort), the newest first."""
    order = (RegistrationRow.created_at.desc(), RegistrationRow.id)
    return await _read(session, _registrations().where(*where).order_by(*order).limit(limit).offset(offset))


def _registrations() -> Select[*tuple[Any, ...]]:
    row = RegistrationRow
    return (
        select(
            row.id,
            row.year.label("school_year"),
            row.urn,
            row.school_name,
            row.school_town,
            row.school_postcode,
            row.by_hand,
            row.state,
            row.offered_until,
            row.created_at,
            *place_columns(),
        )
        .outerjoin(CohortRow, CohortRow.id == row.cohort_id)
        .outerjoin(HubRow, HubRow.id == CohortRow.hub_id)
        .outerjoin(LeaderRow, LeaderRow.id == HubRow.leader_id)
    )


async def _read(session: AsyncSession, wanted: Select[*tuple[Any, ...]]) -> list[Registration]:
    rows = (await session.execute(wanted)).all()
    ids = [row.id for row in rows]
    contacts, history = await _contacts(session, ids), await _history(session, ids)
    return [_as_registration(row, contacts[row.id], history[row.id]) for row in rows]


async def _contacts(session: AsyncSession, ids: Sequence[str]) -> dict[str, list[Contact]]:
    found: dict[str, list[Contact]] = defaultdict(list)
    person = PersonRow
    for some in batched(ids, _IDS_A_QUERY, strict=False):
        rows = await session.execute(
            select(ContactRow.registration_id, person.id, person.name, person.role, person.email, person.phone)
            .join(person, person.id == ContactRow.person_id)
            .where(ContactRow.registration_id.in_(some))
            .order_by(ContactRow.since, ContactRow.person_id)
        )
        for registration_id, person_id, name, role, email, phone in rows:
            found[registration_id].append(Contact(person_id, name, role, email, phone))
    return found


async def _history(session: AsyncSession, ids: Sequence[str]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = defaultdict(list)
    event = RegistrationEventRow
    for some in batched(ids, _IDS_A_QUERY, strict=False):
        rows = await session.execute(
            select(event.registration_id, event.at, event.state, event.by, event.why)
            .where(event.registration_id.in_(some))
            .order_by(event.id)
        )
        for registration_id, at, state, by, why in rows:
            found[registration_id].append(Change(at, cast(State, state), cast(Actor, by), why))
    return found


def _as_registration(
    row: Row[*tuple[Any, ...]], contacts: Sequence[Contact], history: Sequence[Change]
) -> Registration:
    return Registration(
        id=row.id,
        year=row.school_year,
        urn=row.urn,
        school_name=row.school_name,
        school_town=row.school_town,
        school_postcode=row.school_postcode,
        by_hand=row.by_hand,
        state=cast(State, row.state),
        offered_until=cast(datetime | None, row.offered_until),
        place=as_place(row) if row.cohort_id is not None else None,
        contacts=tuple(contacts),
        created_at=row.created_at,
        history=tuple(history),
    )
