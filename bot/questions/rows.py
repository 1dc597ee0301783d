"""Questions as rows of the database."""

from typing import Any, cast

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.questions.question import Question, QuestionUnknown, Reason, State
from bot.store.tables import HubRow, QuestionRow


def questions() -> Select[*tuple[Any, ...]]:
    """Every question with its hub's name, for ``as_question``."""
    return select(QuestionRow, HubRow.name.label("hub_name")).outerjoin(HubRow, HubRow.id == QuestionRow.hub_id)


def as_question(found: Row[*tuple[Any, ...]]) -> Question:
    row: QuestionRow = found.QuestionRow
    shares = (row.shares_from, row.shares_upto)
    return Question(
        id=row.id,
        reason=cast(Reason, row.reason),
        text=row.text,
        hub_id=row.hub_id,
        hub_name=found.hub_name or "",
        conversation_id=row.conversation_id,
        inbound_id=row.inbound_id,
        shares=cast("tuple[int, int]", shares) if None not in shares else None,
        name=row.name,
        email=row.email,
        school_name=row.school_name,
        state=cast(State, row.state),
        answer=row.answer,
        answered_by=row.answered_by,
        answered_name=row.answered_name,
        answered_at=row.answered_at,
        created_at=row.created_at,
        due_at=row.due_at,
        reminded_at=row.reminded_at,
        escalated_at=row.escalated_at,
    )


async def lock(session: AsyncSession, question_id: str) -> Question:
    """The question, which nobody else changes until the transaction of ``session`` ends. Raises QuestionUnknown."""
    row = QuestionRow
    if await session.scalar(select(row.id).where(row.id == question_id).with_for_update()) is None:
        raise QuestionUnknown
    found = await session.execute(questions().where(row.id == question_id), execution_options=FRESH)
    return as_question(found.one())


FRESH = {"populate_existing": True}
"""Read from the database also what the session has read before."""
