"""Notes on a letter that it could not be delivered."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.links import ReplyAddresses
from bot.letters.suppression import Suppression
from bot.replies.answering.subjects import of_our_mail, subject_of
from bot.replies.leasing import Outcome
from bot.replies.reading.arrived import Arrived
from bot.replies.sorting.bounces import Bounce, bounce
from bot.store.tables import LetterRow


async def note_bounce(
    session: AsyncSession, arrived: Arrived, addresses: ReplyAddresses, suppression: Suppression, now: datetime
) -> Outcome:
    """Marks the letter, and puts its address on the suppression list when no mail will ever arrive there. The caller commits.

    Anybody can write a report: one counts only where it comes to a letter's signed address or names a mail of ours, and never
    for another address than the letter's.
    """
    report = bounce(arrived)
    letter_id = await _letter_of(session, arrived, report, addresses)
    if not report.given_up:
        return Outcome("noted", "bounce_temporary", letter_id)
    email = await session.scalar(select(LetterRow.email).where(LetterRow.id == letter_id)) if letter_id else None
    if email is None or (report.recipient and report.recipient != email):
        return Outcome("noted", "bounce_of_no_letter", letter_id)
    await session.execute(
        update(LetterRow)
        .where(LetterRow.id == letter_id)
        .values(bounced_at=func.coalesce(LetterRow.bounced_at, now))
        .execution_options(synchronize_session=False)
    )
    if not report.permanent:
        return Outcome("noted", "bounce", letter_id)
    await suppression.add(session, email, "bounced", now)
    return Outcome("noted", "bounce_permanent", letter_id)


async def _letter_of(session: AsyncSession, arrived: Arrived, report: Bounce, addresses: ReplyAddresses) -> str | None:
    about = await subject_of(session, arrived, addresses)
    if about.letter_id is None and about.thread_id is None and report.original_message_id:
        about = await of_our_mail(session, report.original_message_id) or about
    return None if about.thread_id else about.letter_id
