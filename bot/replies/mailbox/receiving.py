"""Takes mail from the mailbox into the database, each once; only then is it put away there.

A process that dies in between finds the mail in the mailbox again, and in the database already.
"""

import asyncio
import hashlib
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.replies.mailbox.imap import Mailbox
from bot.replies.reading.arrived import LARGEST, Arrived, Unreadable, parse
from bot.store.database import Database
from bot.store.inserting import insert_once
from bot.store.tables import InboundRow

_LONGEST_ADDRESS = 254


async def receive(database: Database, mailbox: Mailbox, now: datetime) -> int:
    """Keeps what has arrived; returns how many mails are new. Raises MailboxTrouble and StoreUnavailable.

    Of a mail that is larger than ``arrived.LARGEST`` only the header is fetched.
    """
    new = 0
    for waiting in await asyncio.to_thread(mailbox.arrived):
        fetch = mailbox.raw if waiting.size <= LARGEST else mailbox.header
        raw = await asyncio.to_thread(fetch, waiting.uid)
        if raw is None:  # gone meanwhile, or damaged on the server: the others are not to wait for it
            continue
        async with database.writing() as session:
            new += await keep(session, raw, waiting.size, now)
            await session.commit()
        await asyncio.to_thread(mailbox.put_away, waiting.uid)
    return new


async def keep(session: AsyncSession, raw: bytes, size: int, now: datetime) -> bool:
    """Writes down a mail that is to be handled; False when it is there already. The caller commits."""
    try:
        arrived = await asyncio.to_thread(parse, raw)
    except Unreadable:
        arrived = None
    row = {
        "key": _key(raw, arrived),
        "raw": raw,
        "size": size,
        "sender": arrived.sender[:_LONGEST_ADDRESS] if arrived else "",
        "state": "new",
        "verdict": "",
        "attempts": 0,
        "next_at": now,
        "error": "",
        "received_at": now,
    }
    statement = insert_once(session, InboundRow, row, unique=["key"]).returning(InboundRow.id)
    return await session.scalar(statement) is not None


def _key(raw: bytes, arrived: Arrived | None) -> str:
    """The same for each copy of a mail, whichever way it came; a mail without a Message-ID is told by all its bytes."""
    if arrived is None or not arrived.message_id:
        return hashlib.sha256(raw).hexdigest()
    told = "\0".join((arrived.message_id, arrived.sender, arrived.header("date")))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
