"""Questions that wait too long: whoever has to answer is reminded once, and a working day later the office gets them.

Only in office hours, so that nobody is asked for something on a Sunday, and never twice, however many services run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.bell import ring_after_commit
from bot.questions.hours import OfficeHours
from bot.questions.notices import QuestionNotices
from bot.questions.question import Question
from bot.questions.reading import question
from bot.questions.to_person import TAKES_LONGER
from bot.staff import audit
from bot.store.message import Message
from bot.store.tables import QuestionRow
from bot.store.transcript import Transcript

AT_ONCE = 50
"""Questions of one transaction: a turn in a conversation waits no longer for it."""

_ESCALATES_AFTER = 1
"""Working days from the reminder until the office gets the question."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """How many were reminded of, and how many the office got."""

    reminded: int = 0
    escalated: int = 0


async def remind(session: AsyncSession, now: datetime, hours: OfficeHours, notices: QuestionNotices) -> Reminded:
    """Reminds of what is due, at most ``AT_ONCE`` of each; again until nothing is left. The caller commits."""
    if not hours.are_on(now):
        return Reminded()
    row = QuestionRow
    late = await _ids(session, row.due_at <= now, row.reminded_at.is_(None))
    waiting = await session.execute(
        select(row.id, row.reminded_at)
        .where(row.state == "open", row.hub_id.is_not(None), row.reminded_at.is_not(None), row.escalated_at.is_(None))
        .order_by(row.reminded_at)
        .limit(AT_ONCE)
    )
    later = [each.id for each in waiting if hours.due(each.reminded_at, _ESCALATES_AFTER) <= now]
    reminded = await _note(session, late, "reminded_at", now)
    escalated = await _note(session, later, "escalated_at", now)
    for each in reminded:
        await notices.reminded(session, each, now)
        await audit.write(session, None, "reminded", ("question", each.id), now, hub_id=each.hub_id)
    for each in escalated:
        await _tell_person(session, each, now)
        await notices.escalated(session, each, now)
        await audit.write(session, None, "passed to the office", ("question", each.id), now, hub_id=each.hub_id)
    return Reminded(len(reminded), len(escalated))


async def _ids(session: AsyncSession, *where: ColumnElement[bool]) -> list[str]:
    row = QuestionRow
    oldest = select(row.id).where(row.state == "open", *where).order_by(row.due_at).limit(AT_ONCE)
    return list(await session.scalars(oldest))


async def _note(session: AsyncSession, ids: Sequence[str], moment: str, now: datetime) -> list[Question]:
    """Notes that it is done, unless somebody else has, or the question was answered in this moment; returns those noted."""
    row = QuestionRow
    noted = []
    for id_ in sorted(ids):  # in one order, so that two services cannot wait for each other
        mine = await session.scalar(
            update(row)
            .where(row.id == id_, row.state == "open", getattr(row, moment).is_(None))
            .values({moment: now})
            .returning(row.id)
            .execution_options(synchronize_session=False)
        )
        if mine is not None:
            noted.append(await question(session, id_))
    return noted


async def _tell_person(session: AsyncSession, asked: Question, now: datetime) -> None:
    if asked.conversation_id is None:
        return
    transcript = Transcript(session, asked.conversation_id)
    if await transcript.touch(now):
        await transcript.append(Message(0, "assistant", TAKES_LONGER, topics=("question/longer",)), now)
        ring_after_commit(session, asked.conversation_id)
