"""Conversations by mail: each belongs to one person and one letter, so that nobody reads what another wrote."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import Conversations
from bot.rasa import WELCOME, opening_letter
from bot.replies.answering.subjects import About
from bot.store.database import Database
from bot.store.inserting import insert_once
from bot.store.tables import MailThreadRow

CHANNEL = "email"


@dataclass(frozen=True, slots=True)
class Thread:
    id: str
    conversation_id: str
    letter_id: str | None


async def thread_of(
    database: Database, conversations: Conversations, about: About, sender: str, name: str, now: datetime
) -> Thread:
    """The conversation with ``sender``, whose ``name`` may be empty, begun when there is none.

    Somebody who answers in another person's thread, as a colleague whom it was forwarded to, gets one of their own. Raises what
    ``Conversations.start`` raises.
    """
    async with database.reading() as session:
        known = await _find(session, about, sender)
    if known:
        return known
    opening = opening_letter(about.letter_id, _named(name, sender)) if about.letter_id else WELCOME
    started = await conversations.start(CHANNEL, opening)
    async with database.writing() as session:
        row = {
            "id": str(uuid4()),
            "letter_id": about.letter_id,
            "email": sender,
            "conversation_id": started.conversation_id,
            "created_at": now,
        }
        await session.execute(insert_once(session, MailThreadRow, row, unique=["letter_id", "email"]))
        thread = await _find(session, About(about.letter_id), sender)  # another process may have been faster
        await session.commit()
    if thread is None:
        raise LookupError("the thread that was just begun is not there")
    return thread


def _named(name: str, address: str) -> str:
    """As ``email.utils.parseaddr`` reads it; ``formataddr`` would encode a name such as "Siân"."""
    return f"{name} <{address}>" if name else address


async def _find(session: AsyncSession, about: About, sender: str) -> Thread | None:
    row = MailThreadRow
    of_letter = row.letter_id == about.letter_id if about.letter_id else row.letter_id.is_(None)
    found = await session.execute(
        select(row.id, row.conversation_id, row.letter_id)
        .where(row.email == sender, (row.id == about.thread_id) if about.thread_id else of_letter)
        .order_by(row.created_at.desc())
        .limit(1)
    )
    known = found.one_or_none()
    if known is None and about.thread_id:
        return await _find(session, About(about.letter_id), sender)
    return Thread(known.id, known.conversation_id, known.letter_id) if known else None
