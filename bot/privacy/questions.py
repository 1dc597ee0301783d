"""What is kept of the questions that somebody handed over to a person, and of the mails about them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import HubRow, LeaderRow, MessageRow, OutboxRow, QuestionRow


async def questions_of(
    session: AsyncSession, email: str, conversations: Collection[str], arrived: Collection[int]
) -> list[tuple[str, str]]:
    """Ids of the questions that came from this address, from these conversations or by these mails, and the names they gave."""
    row = QuestionRow
    theirs = or_(row.email == email, row.conversation_id.in_(conversations), row.inbound_id.in_(arrived))
    found = await session.execute(select(row.id, row.name, row.email).where(theirs).order_by(row.created_at, row.id))
    return [(each.id, each.name if each.email == email else "") for each in found]


async def asked_in(session: AsyncSession, email: str) -> list[str]:
    """The conversations in which somebody asked who gave this address."""
    row = QuestionRow
    found = await session.scalars(select(row.conversation_id).where(row.email == email))
    return [id_ for id_ in found if id_]


async def questions_shown(session: AsyncSession, ids: Sequence[str]) -> list[dict[str, Any]]:
    """The questions, ready for JSON, the oldest first."""
    row = QuestionRow
    found = await session.execute(
        select(row, HubRow.name.label("hub"))
        .outerjoin(HubRow, HubRow.id == row.hub_id)
        .where(row.id.in_(ids))
        .order_by(row.created_at, row.id)
    )
    return [
        {
            "asked_at": question.created_at.isoformat(),
            "name": question.name,
            "email": question.email,
            "school": question.school_name,
            "question": question.text,
            "why_handed_over": question.reason,
            "shared_messages": [question.shares_from, question.shares_upto] if question.shares_upto else None,
            "hub": hub,
            "state": question.state,
            "answer": question.answer,
            "answered_by": question.answered_name,
            "answered_at": question.answered_at.isoformat() if question.answered_at else None,
        }
        for question, hub in found
    ]


def is_mail_about(ids: Collection[str]) -> ColumnElement[bool]:
    """The condition of mails about these questions, which may hold what the person shared without naming them."""
    return or_(false(), *(OutboxRow.key.startswith(f"question:{id_}:", autoescape=True) for id_ in ids))


async def of_conversations(session: AsyncSession, conversations: Collection[str]) -> list[str]:
    """The questions of these conversations."""
    return list(await session.scalars(select(QuestionRow.id).where(QuestionRow.conversation_id.in_(conversations))))


async def old_without_conversation(session: AsyncSession, before: datetime, at_most: int) -> list[str]:
    """Questions that nothing happened to since ``before``, and that belong to no conversation (any more)."""
    row = QuestionRow
    last = func.coalesce(row.answered_at, row.created_at)
    old = select(row.id).where(row.conversation_id.is_(None), last < before).order_by(row.created_at).limit(at_most)
    return list(await session.scalars(old))


async def take_out_of_answers(session: AsyncSession, leader: LeaderRow) -> None:
    """Takes the name of who led a hub out of what they answered; the answers are the people's who asked."""
    ref = f"leader:{leader.id}"
    nobody = {"answered_by": None, "answered_name": ""}
    for statement in (
        update(QuestionRow).where(QuestionRow.answered_by == ref).values(nobody),
        update(MessageRow).where(MessageRow.sender == "leader", MessageRow.author == leader.name).values(author=""),
    ):
        await session.execute(statement.execution_options(synchronize_session=False))
