"""Mails for tests of the outbox."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from bot.outbox.mail import Mail
from bot.outbox.mime import Sender
from bot.outbox.queue import enqueue
from bot.store.database import Database
from bot.store.tables import OutboxRow

SENDER = Sender("Test Quality Mark", "assistant@tqm.example")

_MAIL = Mail(
    key="1",
    kind="registered",
    recipient="ann@fairview.example",
    recipient_name="Ann Lee",
    reply_to="leader@hub.example",
    subject="Fairview has a place",
    text="Dear Ann Lee,\n\nFairview has a place.\n",
    html="<p>Fairview has a place.</p>",
)


def a_mail(key: str = "1", **changes: Any) -> Mail:
    return replace(_MAIL, key=key, **changes)


async def put(database: Database, *mails: Mail, at: datetime | None = None) -> None:
    """Puts the mails into the outbox, in one transaction."""
    async with database.writing() as session:
        for mail in mails:
            assert await enqueue(session, mail, at or datetime.now(UTC))
        await session.commit()


async def rows(database: Database) -> list[OutboxRow]:
    """What the outbox holds, in the order in which it came."""
    async with database.reading() as session:
        return list(await session.scalars(select(OutboxRow).order_by(OutboxRow.id)))
