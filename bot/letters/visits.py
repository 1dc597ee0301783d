"""That somebody came back to a letter by its link. Only the first time is kept: nobody is followed any further."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import CohortRow, ConversationRow, LetterRow


async def note_visit(session: AsyncSession, letter_id: str, now: datetime) -> None:
    """Notes the first visit; does nothing for a later one. The caller commits."""
    first = update(LetterRow).where(LetterRow.id == letter_id, LetterRow.visited_at.is_(None)).values(visited_at=now)
    await session.execute(first)


async def note_origin(session: AsyncSession, conversation_id: str, letter_id: str) -> None:
    """Notes the hub whose letter led to a conversation, so that its leader sees what their letters raise. The caller commits."""
    hub_id = (
        select(CohortRow.hub_id)
        .join(LetterRow, LetterRow.cohort_id == CohortRow.id)
        .where(LetterRow.id == letter_id)
        .scalar_subquery()
    )
    await session.execute(update(ConversationRow).where(ConversationRow.id == conversation_id).values(hub_id=hub_id))
