"""Reads questions. Who may see them is not decided here."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from bot.questions.question import Question, QuestionUnknown, State
from bot.questions.rows import FRESH, as_question, questions
from bot.store.tables import QuestionRow


async def question(session: AsyncSession, question_id: str) -> Question:
    """One question. Raises QuestionUnknown."""
    found = await session.execute(questions().where(QuestionRow.id == question_id), execution_options=FRESH)
    row = found.one_or_none()
    if row is None:
        raise QuestionUnknown
    return as_question(row)


async def open_of_conversation(session: AsyncSession, conversation_id: str) -> Question | None:
    """The newest question of a conversation that nobody has answered yet."""
    found = await of_conversation(session, conversation_id)
    return next((each for each in found if each.state == "open"), None)


async def of_conversation(session: AsyncSession, conversation_id: str) -> list[Question]:
    """All questions of a conversation, the newest first."""
    row = QuestionRow
    newest_first = questions().where(row.conversation_id == conversation_id).order_by(row.created_at.desc(), row.id)
    return [as_question(found) for found in await session.execute(newest_first, execution_options=FRESH)]


async def listed(
    session: AsyncSession,
    *,
    state: State | None = None,
    hub_ids: Collection[str] | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Question]:
    """Questions, of these hubs alone unless None: the open ones first, the longest due before others; then the newest."""
    row = QuestionRow
    wanted = questions()
    if state is not None:
        wanted = wanted.where(row.state == state)
    if hub_ids is not None:
        wanted = wanted.where(row.hub_id.in_(hub_ids))
    is_over = row.state != "open"
    order = (row.due_at, row.id) if state == "open" else (is_over, row.created_at.desc(), row.id)
    found = await session.execute(wanted.order_by(*order).limit(limit).offset(offset), execution_options=FRESH)
    return [as_question(each) for each in found]
