"""Hands a question over to a person."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import private_numbers
from bot.questions.hours import OfficeHours
from bot.questions.notices import QuestionNotices
from bot.questions.question import Handover, Question
from bot.questions.reading import question
from bot.staff import audit
from bot.store.tables import InboundRow, QuestionRow


async def ask(
    session: AsyncSession,
    handover: Handover,
    now: datetime,
    notices: QuestionNotices,
    *,
    hours: OfficeHours,
    answer_days: int,
) -> Question:
    """Keeps the question and tells whoever answers: the hub's leader, or the office. The caller commits.

    The same words from the same conversation, while nobody has answered them, are the same question, and so is the same mail:
    nobody is told twice. Due after ``answer_days`` working days.
    """
    if (known := await _known(session, handover)) is not None:
        await _add_to(session, known, handover)
        return await question(session, known)
    question_id = str(uuid4())
    shares_from, shares_upto = handover.shares or (None, None)
    row = {
        "id": question_id,
        "hub_id": handover.hub_id,
        "conversation_id": handover.conversation_id,
        "inbound_id": handover.inbound_id,
        "reason": handover.reason,
        "text": _fit_to_pass_on(handover.text),
        "shares_from": shares_from,
        "shares_upto": shares_upto,
        "name": handover.name[:100],
        "email": handover.email.strip().lower(),
        "school_name": handover.school_name[:200],
        "state": "open",
        "answer": "",
        "answered_name": "",
        "created_at": now,
        "due_at": hours.due(now, answer_days),
    }
    await session.execute(insert(QuestionRow).values(row))
    await audit.write(session, None, "asked", ("question", question_id), now, hub_id=handover.hub_id)
    asked = await question(session, question_id)
    await notices.asked(session, asked, now)
    return asked


async def _known(session: AsyncSession, handover: Handover) -> str | None:
    """The open question that this is; whoever hands over the same at the same time waits for the other."""
    row = QuestionRow
    if handover.inbound_id is not None:
        await session.execute(select(InboundRow.id).where(InboundRow.id == handover.inbound_id).with_for_update())
        of_mail: str | None = await session.scalar(select(row.id).where(row.inbound_id == handover.inbound_id))
        return of_mail
    if handover.conversation_id is None:
        return None
    if session.get_bind().dialect.name == "postgresql":
        # Not the conversation's row: a turn may hold that, and the question is asked within a turn.
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:about, 0))")
        await session.execute(lock, {"about": f"question {handover.conversation_id}"})
    same = (
        row.conversation_id == handover.conversation_id,
        row.state == "open",
        row.text == _fit_to_pass_on(handover.text),
    )
    found: str | None = await session.scalar(select(row.id).where(*same).limit(1))
    return found


async def _add_to(session: AsyncSession, question_id: str, handover: Handover) -> None:
    """What has become known since: how to reach the person, and what they share."""
    known = {
        "name": handover.name[:100],
        "email": handover.email.strip().lower(),
        "school_name": handover.school_name[:200],
    }
    new: dict[str, object] = {name: value for name, value in known.items() if value}
    if handover.shares:
        new |= {"shares_from": handover.shares[0], "shares_upto": handover.shares[1]}
    if new:
        await session.execute(
            update(QuestionRow)
            .where(QuestionRow.id == question_id)
            .values(**new)
            .execution_options(synchronize_session=False)
        )


def _fit_to_pass_on(words: str) -> str:
    """The words, unless they hold what nobody should pass on."""
    return words if (number := private_numbers.find(words)) is None else f"(Left out, as it holds a {number}.)"
