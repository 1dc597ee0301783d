"""Puts a mail into the outbox, in the transaction of whatever caused it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outbox.mail import Mail
from bot.outbox.wake import wake_after_commit
from bot.store.tables import OutboxRow


async def enqueue(session: AsyncSession, mail: Mail, now: datetime, leaves_at: datetime | None = None) -> bool:
    """Writes ``mail`` into the outbox; it leaves once the caller's transaction is kept, and not before ``leaves_at``.

    Returns False, and does nothing, when a mail with this key is there already. The Message-ID is made here, so that every
    attempt to send the mail carries the same one; the column holds the part before its "@".
    """
    row = _row(mail, now) | {"next_at": leaves_at or now}
    statement = _insert_unless_there(session).values(row).returning(OutboxRow.id)
    is_new = await session.scalar(statement) is not None
    if is_new:
        wake_after_commit(session)
    return is_new


async def enqueue_all(session: AsyncSession, mails: Iterable[Mail], now: datetime) -> None:
    """The same for many mails, at a fraction of the time; those whose key is there already are passed over."""
    if rows := [_row(mail, now) for mail in mails]:
        await session.execute(_insert_unless_there(session), rows)
        wake_after_commit(session)


def _row(mail: Mail, now: datetime) -> dict[str, Any]:
    return {
        "key": mail.key,
        "kind": mail.kind,
        "registration_id": mail.registration_id,
        "letter_id": mail.letter_id,
        "recipient": mail.recipient,
        "recipient_name": mail.recipient_name,
        "reply_to": mail.reply_to,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "attachments": [attachment.to_json() for attachment in mail.attachments],
        "headers": dict(mail.headers),
        "from_name": mail.from_name,
        "bounce_to": mail.bounce_to,
        "message_id": f"{mail.kind}.{uuid4().hex}",
        "state": "queued",
        "attempts": 0,
        "next_at": now,
        "last_error": "",
        "created_at": now,
    }


def _insert_unless_there(session: AsyncSession) -> Any:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert: Insert = dialect.insert(OutboxRow).on_conflict_do_nothing(index_elements=["key"])
    return insert
