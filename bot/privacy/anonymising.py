"""Makes a letter say nothing about anybody, so that what came of a mailing can still be counted.

What stays is a row with another id (no link leads to it), without address, name or school, its moments cut to the day.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import LetterRow, OutboxRow

_MAIL_OF_LETTER = ("letter", "letter_attached")
_OVER = ("sent", "failed", "withheld")
_MOMENTS = (
    "created_at", "released_at", "visited_at", "replied_at", "bounced_at", "stopped_at", "reminded_at"
)  # fmt: skip
_COUNTED = ("kind", "year", "cohort_id", "mailing_id", "dated", "reminders")
_NOBODY: dict[str, Any] = {
    "name": "",
    "urn": None,
    "school_name": "",
    "school_address": "",
    "school_town": "",
    "school_postcode": "",
    "conversation_id": None,
}


async def anonymise(session: AsyncSession, letter_ids: Sequence[str]) -> int:
    """Does so with the letters that belong to a mailing; returns how many. Their files are the caller's to delete."""
    rows = (
        await session.scalars(select(LetterRow).where(LetterRow.id.in_(letter_ids), LetterRow.mailing_id.is_not(None)))
    ).all()
    for row in rows:
        session.expunge(row)
        new_id = str(uuid4())
        await session.execute(insert(LetterRow).values(_counted(row, new_id)))
        await _move_mail(session, row.id, new_id)
    return len(rows)


def _counted(row: LetterRow, new_id: str) -> dict[str, Any]:
    kept = {name: getattr(row, name) for name in _COUNTED}
    days = {name: _day(getattr(row, name)) for name in _MOMENTS}
    state = "dropped" if row.state == "planned" else row.state
    return kept | days | _NOBODY | {"id": new_id, "email": f"erased-{new_id}", "state": state}


def _day(moment: datetime | None) -> datetime | None:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0) if moment else None


async def _move_mail(session: AsyncSession, letter_id: str, new_id: str) -> None:
    """Of the mail that the letter left in, only whether it was sent stays; one that has not left yet goes with the others."""
    row = OutboxRow
    mail = await session.scalar(
        select(row).where(row.letter_id == letter_id, row.kind.in_(_MAIL_OF_LETTER), row.state.in_(_OVER))
    )
    if mail is None:
        return
    session.expunge(mail)
    nothing = dict.fromkeys(
        ("recipient", "recipient_name", "reply_to", "subject", "text", "html", "from_name", "bounce_to", "last_error"),
        "",
    )
    await session.execute(
        update(row)
        .where(row.id == mail.id)
        .values(
            **nothing,
            key=f"{mail.kind}:{new_id}",
            letter_id=new_id,
            registration_id=None,
            message_id=f"{mail.kind}.{uuid4().hex}",
            attachments=[],
            headers={},
            state="sent" if mail.state == "sent" else "withheld",  # one that failed could be sent again, to nobody
            created_at=_day(mail.created_at),
            next_at=_day(mail.next_at),
            sent_at=_day(mail.sent_at),
        )
        .execution_options(synchronize_session=False)
    )
