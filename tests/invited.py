"""A school that was invited by letter, for tests of what comes after."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.database import Database
from bot.store.tables import LetterRow, MailingRow
from tests.put_down import NOW, YEAR

EMAIL = "head@fairview.example"


async def write_letter(database: Database, cohort_id: str | None, **chosen: Any) -> str:
    """Keeps a letter of the cohort's hub to Ann Lee of Fairview Primary School, unless ``chosen`` otherwise; returns its id."""
    async with database.writing() as session:
        letter_id = await add_letter(session, cohort_id, **chosen)
        await session.commit()
    return letter_id


async def add_letter(session: AsyncSession, cohort_id: str | None, **chosen: Any) -> str:
    """The same in the caller's transaction. Without a cohort it is a letter that somebody asked for."""
    about: dict[str, Any] = {
        "id": str(uuid4()),
        "kind": "area" if cohort_id else "asked",
        "year": YEAR,
        "cohort_id": cohort_id,
        "mailing_id": await _mailing(session, cohort_id) if cohort_id else None,
        "email": EMAIL,
        "name": "Ann Lee",
        "urn": None,
        "school_name": "Fairview Primary School",
        "school_address": "Fairview Lane",
        "school_town": "Testham",
        "school_postcode": "TE1 1ST",
        "dated": _today(),
        "state": "released",
        "created_at": NOW,
        "reminders": 0,
    }
    session.add(LetterRow(**(about | chosen)))
    await session.flush()
    return str((about | chosen)["id"])


async def the_letter(database: Database, letter_id: str) -> LetterRow:
    """The letter as it is kept now."""
    async with database.reading() as session:
        return (await session.scalars(select(LetterRow).where(LetterRow.id == letter_id))).one()


async def _mailing(session: AsyncSession, cohort_id: str) -> str:
    mailing_id = str(uuid4())
    session.add(
        MailingRow(
            id=mailing_id,
            cohort_id=cohort_id,
            state="sending",
            attach=False,
            rate=60,
            why="",
            next_release_at=NOW,
            created_at=NOW,
        )
    )
    await session.flush()
    return mailing_id


def _today() -> date:
    return datetime.now().astimezone().date()
