"""Somebody wants no further letters: from then on none goes to their address, whoever sends it and for whichever year."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.problems import LetterUnknown
from bot.letters.suppression import Suppression
from bot.store.tables import LetterRow, OutboxRow

_UNASKED = ("letter", "letter_attached", "letter_reminder", "letter_last_reminder")
"""The mails that nobody asked for. A letter that somebody asked for in conversation still goes."""

_UNSENT = ("queued", "waiting", "failed")  # what is in flight may have arrived already: it is left to whoever sends it


async def stop(session: AsyncSession, letter_id: str, suppression: Suppression, now: datetime) -> None:
    """Stops the letters to the address of this letter; again, it changes nothing. Raises LetterUnknown. The caller commits."""
    email = await session.scalar(select(LetterRow.email).where(LetterRow.id == letter_id))
    if email is None:
        raise LetterUnknown(letter_id)
    await suppression.add(session, email, "unsubscribed", now)
    await session.execute(
        update(LetterRow).where(LetterRow.id == letter_id, LetterRow.stopped_at.is_(None)).values(stopped_at=now)
    )
    await session.execute(
        update(LetterRow).where(LetterRow.email == email, LetterRow.state == "planned").values(state="dropped")
    )
    theirs = select(LetterRow.id).where(LetterRow.email == email)
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.letter_id.in_(theirs), OutboxRow.kind.in_(_UNASKED), OutboxRow.state.in_(_UNSENT))
        .values(state="withheld", last_error="The person wants no further letters.")
        .execution_options(synchronize_session=False)
    )


async def is_stopped(session: AsyncSession, letter_id: str, suppression: Suppression) -> bool:
    """Whether no letter goes to the address of this letter any more. Raises LetterUnknown."""
    email = await session.scalar(select(LetterRow.email).where(LetterRow.id == letter_id))
    if email is None:
        raise LetterUnknown(letter_id)
    return await suppression.holds(session, email)
