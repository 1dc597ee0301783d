"""A hub's mailing to its area, as it is kept after the letters have left, for tests of what comes of them."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select, update

from bot.letters import reading
from bot.letters.mailing.posting import PostKind
from bot.store.database import Database
from bot.store.tables import LetterRow, MailingRow, OutboxRow
from tests.mailings import POST
from tests.put_down import NOW, YEAR


async def make_mailing(database: Database, cohort_id: str, *, rate: int = 60, state: str = "done") -> str:
    """A mailing of the cohort's hub; returns its id."""
    mailing = {
        "id": str(uuid4()),
        "cohort_id": cohort_id,
        "state": state,
        "attach": False,
        "rate": rate,
        "why": "",
        "next_release_at": NOW,
        "created_at": NOW,
    }
    async with database.writing() as session:
        await session.execute(insert(MailingRow).values(mailing))
        await session.commit()
    return str(mailing["id"])


async def send_letter(
    database: Database, cohort_id: str, mailing_id: str | None, email: str, *, at: datetime = NOW, **more: Any
) -> str:
    """A letter that left at ``at``, with the mail that it left in; returns its id. Without a mailing, it was asked for."""
    letter = {
        "id": str(uuid4()),
        "kind": "area" if mailing_id else "asked",
        "year": YEAR,
        "cohort_id": cohort_id,
        "mailing_id": mailing_id,
        "email": email,
        "name": "Dr Una Usher",
        "urn": None,
        "school_name": f"{email.partition('@')[2].partition('.')[0].title()} Primary School",
        "school_address": "1 High Street",
        "school_town": "Testham",
        "school_postcode": "TE1 1ST",
        "dated": at.date(),
        "state": "released",
        "created_at": at,
        "released_at": at,
        "reminders": 0,
    } | more
    async with database.writing() as session:
        await session.execute(insert(LetterRow).values(letter))
        kind: PostKind = "letter" if mailing_id else "letter_asked"
        await POST.put(session, await reading.letter(session, str(letter["id"])), kind, at)
        await session.commit()
    await leave(database, at)
    return str(letter["id"])


async def leave(database: Database, at: datetime) -> None:
    """Whatever was due in the outbox has left at ``at``."""
    row = OutboxRow
    async with database.writing() as session:
        await session.execute(
            update(row).where(row.state == "queued", row.next_at <= at).values(state="sent", sent_at=row.next_at)
        )
        await session.commit()


async def change_letter(database: Database, letter_id: str, **values: Any) -> None:
    async with database.writing() as session:
        await session.execute(update(LetterRow).where(LetterRow.id == letter_id).values(values))
        await session.commit()


async def mails_of(database: Database, email: str) -> list[str]:
    """The kinds of the mails to an address, in the order in which they came."""
    row = OutboxRow
    async with database.reading() as session:
        return list(await session.scalars(select(row.kind).where(row.recipient == email).order_by(row.id)))
