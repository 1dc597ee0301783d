"""What the tests of asking for the letter share: asking in a transaction, and what the letters came to."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import insert, select

from bot.letters.asking.asked import Asking
from bot.letters.asking.request import Asked, Terms, ask_for_letter
from bot.letters.links import LetterLinks
from bot.letters.mailing.posting import LetterPost
from bot.letters.suppression import Suppression
from bot.store.database import Database
from bot.store.tables import LetterRow

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
OFFICE = "office@tqm.example"
SECRET = "a secret key for tests, long enough"
LINKS = LetterLinks(SECRET, "https://tqm.example", 180)
SUPPRESSION = Suppression(SECRET)
TERMS = Terms(LetterPost(LINKS, None, OFFICE), SUPPRESSION, day_limit=200)
ANN = Asking("ann@fairview.example", "conversation-1")


async def ask(database: Database, asking: Asking, at: datetime = NOW, terms: Terms = TERMS) -> Asked:
    """Asks in a transaction of its own."""
    async with database.writing() as session:
        asked = await ask_for_letter(session, asking, at, terms)
        await session.commit()
    return asked


async def ask_each(database: Database, emails: list[str], conversation_id: str = "conversation-1") -> list[str]:
    """Asks for each address in turn; the outcomes."""
    asked = [await ask(database, replace(ANN, email=email, conversation_id=conversation_id)) for email in emails]
    return [one.outcome for one in asked]


async def letters(database: Database) -> list[LetterRow]:
    """Every letter, in the order in which they were written."""
    async with database.reading() as session:
        return list(await session.scalars(select(LetterRow).order_by(LetterRow.created_at, LetterRow.email)))


async def write_area_letter(
    database: Database, cohort_id: str | None, mailing_id: str | None = None, **about: object
) -> str:
    """A letter that a hub sent to a head; returns its id. Without a mailing it is one that was asked for elsewhere."""
    row = {
        "id": str(uuid4()),
        "kind": "area" if mailing_id else "asked",
        "year": 2026,
        "cohort_id": cohort_id,
        "mailing_id": mailing_id,
        "email": "head@oak.example",
        "name": "Olu Adeyemi",
        "urn": 100002,
        "school_name": "Oak Primary School",
        "school_address": "2 Acorn Road",
        "school_town": "Millbrook",
        "school_postcode": "ZZ1 1AA",
        "dated": datetime(2026, 11, 2, tzinfo=UTC).date(),
        "state": "released",
        "created_at": datetime(2026, 11, 2, tzinfo=UTC),
        "reminders": 0,
    }
    async with database.writing() as session:
        await session.execute(insert(LetterRow).values(row | about))
        await session.commit()
    return str(row["id"])
