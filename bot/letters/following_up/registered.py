"""Whether a letter has reached what it is for: its school, or its reader, is registered for that school year."""

from collections.abc import Collection
from itertools import batched
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import ContactRow, LetterRow, PersonRow, RegistrationRow

_AT_ONCE = 500


async def is_registered(session: AsyncSession, year: int, email: str, urn: int | None) -> bool:
    """Whether the school ``urn``, or a school with a contact of this address, is registered for ``year`` and not withdrawn."""
    emails, urns = await registered_among(session, year, [email], [urn] if urn else [])
    return bool(emails or urns)


async def registered_among(
    session: AsyncSession, year: int, emails: Collection[str], urns: Collection[int]
) -> tuple[set[str], set[int]]:
    """Those of ``emails`` (in lower case) and of ``urns`` that are registered for ``year`` and not withdrawn."""
    found_emails: set[str] = set()
    for some in batched(emails, _AT_ONCE, strict=False):
        found_emails.update(await session.scalars(_of_year(year, PersonRow.email).where(PersonRow.email.in_(some))))
    found_urns: set[int] = set()
    row = RegistrationRow
    for urn_batch in batched(urns, _AT_ONCE, strict=False):
        of_schools = select(row.urn).where(row.year == year, row.state != "withdrawn", row.urn.in_(urn_batch))
        found_urns.update(urn for urn in await session.scalars(of_schools) if urn is not None)
    return found_emails, found_urns


def of_letter() -> ColumnElement[bool]:
    """The same about a row of the table letter, as a condition of a query that is looked up once for all its rows."""
    row = RegistrationRow
    contacts = (
        select(row.year, PersonRow.email)
        .join(ContactRow, ContactRow.registration_id == row.id)
        .join(PersonRow, PersonRow.id == ContactRow.person_id)
        .where(row.state != "withdrawn")
    )
    schools = select(row.year, row.urn).where(row.state != "withdrawn", row.urn.is_not(None))
    by_contact = tuple_(LetterRow.year, LetterRow.email).in_(contacts)
    return by_contact | tuple_(LetterRow.year, func.coalesce(LetterRow.urn, 0)).in_(schools)


def _of_year(year: int, column: Any) -> Select[Any]:
    row = RegistrationRow
    return (
        select(column)
        .join(ContactRow, ContactRow.person_id == PersonRow.id)
        .join(row, row.id == ContactRow.registration_id)
        .where(row.year == year, row.state != "withdrawn")
    )
