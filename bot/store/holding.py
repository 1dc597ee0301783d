"""A conversation in which a member of staff answers in the assistant's place, and what of their words reached the person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import ConversationRow

TAKEN, GIVEN_BACK = "held/taken", "held/given_back"
"""The topics of the assistant's lines that say so: between them, whoever holds the conversation sees what is said."""


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds a conversation (a ``Member.ref``), None: nobody; ``at``: their last word in it, also after they gave it back."""

    by: str | None
    at: datetime | None

    def is_in_force(self, now: datetime, patience: timedelta) -> bool:
        """Whether they answer still: a hold without a word for ``patience`` ends by itself."""
        return self.by is not None and self.at is not None and now < self.at + patience


async def lock(session: AsyncSession, conversation_id: str, now: datetime) -> Held | None:
    """Who holds it, which nobody else changes until the transaction ends; None: there is no such conversation.

    From here on messages may be appended: a turn that ends meanwhile waits, and then sees what was done.
    """
    row = ConversationRow
    touched = update(row).where(row.id == conversation_id).values(last_at=now).returning(row.held_by, row.held_at)
    found = (await session.execute(touched)).one_or_none()
    return Held(found.held_by, found.held_at) if found else None


async def hold(session: AsyncSession, conversation_id: str, member: str, now: datetime) -> None:
    """``member`` (a ``Member.ref``) speaks, or is about to."""
    await _set(session, conversation_id, held_by=member, held_at=now)


async def let_go(session: AsyncSession, conversation_id: str) -> None:
    """The assistant answers again."""
    await _set(session, conversation_id, held_by=None)


async def _set(session: AsyncSession, conversation_id: str, **values: object) -> None:
    row = update(ConversationRow).where(ConversationRow.id == conversation_id).values(**values)
    await session.execute(row.execution_options(synchronize_session=False))


async def has_seen(session: AsyncSession, conversation_id: str, n: int) -> bool:
    """Whether it is noted already that message ``n`` reached the person; also where there is no such conversation."""
    seen = await session.scalar(select(ConversationRow.seen_n).where(ConversationRow.id == conversation_id))
    return seen is None or seen >= n


async def see(session: AsyncSession, conversation_id: str, n: int) -> None:
    """Notes that message ``n`` of a leader's reached the person."""
    row = ConversationRow
    seen = update(row).where(row.id == conversation_id, row.seen_n < n).values(seen_n=n)
    await session.execute(seen.execution_options(synchronize_session=False))
