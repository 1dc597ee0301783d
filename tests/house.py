"""Everything that keeps something about people, for tests of what is given out, erased and let go."""

import json
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.notices import MailedNotices, NoticeScheme
from bot.privacy import Elsewhere, Erased, erase, export, retention
from bot.registrations import reading
from bot.registrations.application import Applicant
from bot.registrations.links import RegistrationLinks
from bot.registrations.registration import Registration
from bot.store.database import Database
from bot.store.engine_memory import EngineMemory
from bot.store.message import Choice, Message
from bot.store.tables import CohortRow, Table
from bot.store.transcript import Transcript
from tests.mailings import SUPPRESSION
from tests.put_down import NOW, put_down

LINKS = RegistrationLinks("secret", "https://chat.example", 180)
NOTICES = MailedNotices(
    NoticeScheme("Test Quality Mark", "TQM", "office@tqm.example", "www.tqm.example"),
    "office@tqm.example",
    "https://chat.example",
    LINKS,
)
LATER = NOW + timedelta(hours=1)
MUCH_LATER = NOW + timedelta(days=800)
ANNS_CONVERSATION, BOBS_CONVERSATION, ANOTHER = "conversation-of-ann", "conversation-of-bob", "conversation-of-another"


class House:
    """Everything that keeps something: the database, the engine's memory, and the folder for mail."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.tracker = folder / "tracker.db"
        self.mail_folder = folder / "mail"
        self.elsewhere = Elsewhere(EngineMemory(f"sqlite:///{self.tracker}"), self.mail_folder)

    async def export(self, email: str) -> dict[str, Any] | None:
        async with self.database.reading() as session:
            return await export(session, email, self.elsewhere, SUPPRESSION)

    async def erase(self, email: str) -> Erased | None:
        async with self.database.writing() as session:
            erased = await erase(session, email, LATER, NOTICES, self.elsewhere, SUPPRESSION, offer_days=7)
            await session.commit()
        return erased

    async def retire(
        self, now: datetime, conversation_days: int = 180, registration_days: int = 730, letter_days: int = 400
    ) -> None:
        async with self.database.writing() as session:
            days = conversation_days, registration_days, letter_days
            await retention(session, now, *days, NOTICES, self.elsewhere, offer_days=7)
            await session.commit()

    async def put_down(self, cohort_id: str | None, *what: Any, **more: Any) -> Registration:
        return await put_down(self.database, cohort_id, *what, notices=NOTICES, **more)

    async def converse(self, conversation_id: str, *said: str, at: datetime = NOW) -> None:
        """A conversation, as the service and the engine keep it."""
        async with self.database.writing() as session:
            transcript = Transcript(session, conversation_id)
            await transcript.open("web", at)
            for words in said:
                received = await transcript.receive(words, None, None, at)
                choice = Choice("yes", f"Yes, {words}", f'/inform{{"said": "{words}"}}')
                await transcript.answer(received, [Message(0, "assistant", "Thank you.", choices=(choice,))], at)
            await session.commit()
        self.note(conversation_id, *said, at=at)

    def note(self, conversation_id: str, *said: str, at: datetime = NOW) -> None:
        with sqlite3.connect(self.tracker) as engine:
            engine.execute(
                "CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, sender_id TEXT, type_name TEXT,"
                " timestamp FLOAT, intent_name TEXT, action_name TEXT, data TEXT)"
            )
            for words in said:
                for event in ({"event": "user", "text": words}, {"event": "slot", "name": "said", "value": words}):
                    data = json.dumps(event | {"timestamp": at.timestamp()})
                    row = (conversation_id, event["event"], at.timestamp(), data)
                    engine.execute(
                        "INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (?, ?, ?, ?)", row
                    )
        engine.close()

    async def kept(self) -> str:
        """Everything that is kept anywhere, as one text."""
        async with self.database.reading() as session:
            tables = [(await session.execute(select(table))).all() for table in Table.metadata.sorted_tables]
        rows = [str(row) for table in tables for row in table]
        if self.tracker.exists():
            with sqlite3.connect(self.tracker) as engine:
                rows += [str(row) for row in engine.execute("SELECT * FROM events")]
            engine.close()
        rows += [path.read_text("utf-8") for path in self.mail_folder.glob("*.eml")]
        return "\n".join(rows)

    async def count(self, table: type[Table]) -> int:
        async with self.database.reading() as session:
            return await session.scalar(select(func.count()).select_from(table)) or 0

    async def taken(self) -> int:
        async with self.database.reading() as session:
            return await session.scalar(select(CohortRow.taken)) or 0

    async def registration(self, registration: Registration) -> Registration:
        async with self.database.reading() as session:
            return await reading.registration(session, registration.id)


def traces(person: Applicant) -> list[str]:
    return [person.email, person.name, person.name.replace("'", "&#x27;"), person.phone]
