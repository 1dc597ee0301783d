"""That somebody came back to a letter by its link. Only the first time is kept: nobody is followed any further."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import LetterRow


async def note_visit(session: AsyncSession, letter_id: str, now: datetime) -> None:
    """Notes the first visit; does nothing for a later one. The caller commits."""
    first = update(LetterRow).where(LetterRow.id == letter_id, LetterRow.visited_at.is_(None)).values(visited_at=now)
    await session.execute(first)
