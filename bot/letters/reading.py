"""How letters are kept in the database, and read from it."""

from typing import Any, cast

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs.finding import as_place, place_columns
from bot.letters.letter import Kind, Letter, LetterSchool
from bot.letters.problems import LetterUnknown
from bot.store.tables import CohortRow, HubLetterRow, HubRow, LeaderRow, LetterRow


async def letter(session: AsyncSession, letter_id: str) -> Letter:
    """The letter with this id; raises LetterUnknown."""
    row = (await session.execute(letters().where(LetterRow.id == letter_id))).one_or_none()
    if row is None:
        raise LetterUnknown(letter_id)
    return as_letter(row)


def letters() -> Select[*tuple[Any, ...]]:
    """Selects letters, to be narrowed with ``where`` and read with ``as_letter``."""
    return (
        select(LetterRow, HubRow.id.label("hub_id"), HubLetterRow.sender_address, *place_columns())
        .select_from(LetterRow)
        .outerjoin(CohortRow, CohortRow.id == LetterRow.cohort_id)
        .outerjoin(HubRow, HubRow.id == CohortRow.hub_id)
        .outerjoin(LeaderRow, LeaderRow.id == HubRow.leader_id)
        .outerjoin(HubLetterRow, HubLetterRow.hub_id == HubRow.id)
    )


def as_letter(row: Row[*tuple[Any, ...]]) -> Letter:
    """The letter of a row of ``letters()``."""
    kept: LetterRow = row.LetterRow
    school = LetterSchool(
        kept.school_name, _lines(kept.school_address), kept.school_town, kept.school_postcode, kept.urn
    )
    return Letter(
        id=kept.id,
        kind=cast(Kind, kept.kind),
        year=kept.year,
        email=kept.email,
        name=kept.name,
        school=school if kept.school_name else None,
        dated=kept.dated,
        place=as_place(row) if row.cohort_id else None,
        hub_id=row.hub_id,
        sender_address=_lines(row.sender_address or ""),
        conversation_id=kept.conversation_id,
    )


def school_columns(school: LetterSchool | None) -> dict[str, Any]:
    """What a row of ``LetterRow`` keeps of the school."""
    return {
        "urn": school.urn if school else None,
        "school_name": school.name if school else "",
        "school_address": "\n".join(school.address) if school else "",
        "school_town": school.town if school else "",
        "school_postcode": school.postcode if school else "",
    }


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
