"""Conversations, messages and questions as they are kept, for tests and measurements of what is made of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import ConversationRow, MessageRow, QuestionRow


async def talk(
    session: AsyncSession, at: datetime, *turns: tuple[str, Sequence[str]], channel: str = "web", **more: Any
) -> str:
    """A conversation of these turns: what a person said, and the topics of its answer. Returns its id."""
    conversation_id = str(uuid4())
    values = {"id": conversation_id, "channel": channel, "created_at": at, "last_at": at, "seen_n": 0} | more
    await session.execute(insert(ConversationRow).values(values))
    if rows := [
        row
        for n, (said, topics) in enumerate(turns)
        for row in (
            message(conversation_id, 2 * n + 1, "you", said, at),
            message(conversation_id, 2 * n + 2, "assistant", f"About {', '.join(topics)}.", at, topics),
        )
    ]:
        await session.execute(insert(MessageRow), rows)
    return conversation_id


def message(
    conversation_id: str, n: int, sender: str, text: str, at: datetime, topics: Sequence[str] = (), **more: Any
) -> dict[str, Any]:
    """A row of the table message."""
    return {
        "id": str(uuid4()),
        "conversation_id": conversation_id,
        "n": n,
        "sender": sender,
        "author": "",
        "text": text,
        "choices": [],
        "links": [],
        "source": None,
        "expects": "text",
        "topics": list(topics),
        "created_at": at,
        "understood": None,
    } | more


async def hand_over(session: AsyncSession, at: datetime, hub_id: str | None, **more: Any) -> str:
    """A question, open for two days unless ``more`` says otherwise; returns its id."""
    question_id = str(uuid4())
    values: dict[str, Any] = {
        "id": question_id,
        "hub_id": hub_id,
        "conversation_id": None,
        "reason": "asked_for_person",
        "text": "Could somebody ring me?",
        "name": "Ann Lee",
        "email": "ann@fairview.example",
        "school_name": "Fairview Primary",
        "state": "open",
        "answer": "",
        "answered_name": "",
        "created_at": at,
        "due_at": at + timedelta(days=2),
    }
    await session.execute(insert(QuestionRow).values(values | more))
    return question_id
