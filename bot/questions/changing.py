"""What becomes of a question, once somebody who may has decided it: see ``bot/desk/questions.py``."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.bell import ring_after_commit
from bot.questions.question import Question
from bot.questions.reading import question
from bot.store.message import Message
from bot.store.tables import MessageRow, QuestionRow
from bot.store.transcript import Transcript


async def answer(session: AsyncSession, asked: Question, text: str, member: str, name: str, now: datetime) -> Question:
    """Keeps the answer of ``member`` (a ``Member.ref``), and says it in the conversation, if that is still there."""
    answered = await note_answer(session, asked, text, member, name, now)
    if asked.conversation_id:
        transcript = Transcript(session, asked.conversation_id)
        if await transcript.touch(now):
            await transcript.append(Message(0, "leader", text, author=name), now)
            ring_after_commit(session, asked.conversation_id)
    return answered


async def note_answer(
    session: AsyncSession, asked: Question, text: str, member: str, name: str, now: datetime
) -> Question:
    """Keeps an answer, and says it nowhere: the person has it already."""
    return await _update(
        session, asked.id, state="answered", answer=text, answered_by=member, answered_name=name, answered_at=now
    )


async def words_since(session: AsyncSession, asked: Question) -> Message | None:
    """What members of staff said in its conversation while holding it, after it was asked, as one message; None: nothing.

    Answers to other questions do not count: those are said without holding anything.
    """
    row = MessageRow
    of_it = (row.conversation_id == asked.conversation_id, row.sender == "leader", row.created_at >= asked.created_at)
    others = select(QuestionRow.answered_at).where(
        QuestionRow.conversation_id == asked.conversation_id, QuestionRow.answered_at.is_not(None)
    )
    found = select(row.n, row.text, row.author).where(*of_it, row.created_at.not_in(others)).order_by(row.n)
    words = (await session.execute(found)).all()
    if not words:
        return None
    return Message(words[-1].n, "leader", "\n\n".join(each.text for each in words), author=words[-1].author)


async def close(session: AsyncSession, asked: Question, member: str, name: str, now: datetime) -> Question:
    """Nothing more is to be done."""
    return await _update(session, asked.id, state="closed", answered_by=member, answered_name=name, answered_at=now)


async def reassign(session: AsyncSession, asked: Question, hub_id: str | None, now: datetime) -> Question:
    """From now on another hub's, or the office's (None), which has as long for it as the first had."""
    due_at = now + (asked.due_at - asked.created_at)
    return await _update(session, asked.id, hub_id=hub_id, due_at=due_at, reminded_at=None, escalated_at=None)


async def _update(session: AsyncSession, question_id: str, **values: Any) -> Question:
    await session.execute(
        update(QuestionRow)
        .where(QuestionRow.id == question_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return await question(session, question_id)
