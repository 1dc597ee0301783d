"""Somebody objects to letters in another way than by their link: by telephone, say. UK GDPR, Article 21(2) and (3)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.stopping import stop
from bot.letters.suppression import Suppression
from bot.store.tables import LetterRow


async def object_to_letters(session: AsyncSession, email: str, suppression: Suppression, now: datetime) -> None:
    """No letter goes to this address any more, whether one ever did or not; what waits does not leave. The caller commits."""
    email = email.strip().lower()
    row = LetterRow
    latest = select(row.id).where(row.email == email).order_by(row.created_at.desc(), row.id).limit(1)
    if (letter_id := await session.scalar(latest)) is not None:
        await stop(session, letter_id, suppression, now)
    else:
        await suppression.add(session, email, "unsubscribed", now)
