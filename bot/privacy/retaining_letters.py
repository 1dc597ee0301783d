"""Erases letters, and the mails that came in answer, when their time is over. Who wants no letters stays on that list."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.privacy.elsewhere import Elsewhere
from bot.privacy.rows import delete_rows
from bot.store.tables import InboundRow, LetterRow, MailingRow, OutboxRow


async def retire_letters(
    session: AsyncSession, before: datetime, elsewhere: Elsewhere, at_most: int
) -> tuple[int, int]:
    """Erases letters to which nothing happened since ``before``, and mails that arrived before it; ``at_most`` of each.

    Returns how many of each. A mail that was handled is not kept itself, however new it is: what matters of it is a conversation
    or a note.
    """
    await _empty_handled(session, at_most)
    arrived = await _delete_arrived(session, before, at_most)
    row = LetterRow
    ids = list(await session.scalars(select(row.id).where(_is_old(before)).order_by(row.created_at).limit(at_most)))
    mails = list(await session.scalars(select(OutboxRow).where(OutboxRow.letter_id.in_(ids))))
    await elsewhere.forget_mails(mails)
    await delete_rows(session, OutboxRow, OutboxRow.id.in_([mail.id for mail in mails]))
    letters = await delete_rows(session, row, row.id.in_(ids))
    await delete_rows(
        session, MailingRow, (MailingRow.created_at < before) & ~exists().where(row.mailing_id == MailingRow.id)
    )
    return letters, arrived


def _is_old(before: datetime) -> ColumnElement[bool]:
    row = LetterRow
    came = (row.released_at, row.visited_at, row.replied_at, row.bounced_at, row.stopped_at, row.reminded_at)
    return and_(row.created_at < before, *(or_(moment.is_(None), moment < before) for moment in came))


async def _empty_handled(session: AsyncSession, at_most: int) -> None:
    """One that failed is kept whole, since a person has to look at it."""
    row = InboundRow
    handled = select(row.id).where(row.raw.is_not(None), row.state.not_in(("new", "failed"))).limit(at_most)
    await session.execute(
        update(row).where(row.id.in_(handled)).values(raw=None).execution_options(synchronize_session=False)
    )


async def _delete_arrived(session: AsyncSession, before: datetime, at_most: int) -> int:
    row = InboundRow
    old = select(row.id).where(row.received_at < before, row.state != "new").order_by(row.id).limit(at_most)
    return await delete_rows(session, row, row.id.in_(old))
