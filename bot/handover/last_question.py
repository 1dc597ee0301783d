"""What somebody asked last: the question that they most likely want to hand over."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.tables import MessageRow

_LOOKED_AT = 40  # messages: a question that lies farther back is not what is meant
_ASKS = ("/ask", "/open")  # the choices that ask something
_STATED = ("ask/", "open/")
_MISSED = ("out_of_scope", "unsure")


async def last_question(session: AsyncSession, conversation_id: str) -> str:
    """The person's words of the latest question that was answered, or missed; "" where there is none."""
    row = MessageRow
    latest = await session.execute(
        select(row.n, row.sender, row.text, row.payload, row.topics, row.answers)
        .where(row.conversation_id == conversation_id)
        .order_by(row.n.desc())
        .limit(_LOOKED_AT)
    )
    topics: dict[int, set[str]] = {}  # of the answers to each message, which stand behind it
    for message in latest:
        if message.sender == "assistant" and message.answers:
            topics.setdefault(message.answers, set()).update(message.topics)
        elif message.sender == "you" and _is_question(message.payload, topics.get(message.n, ())):
            words: str = message.text
            return words
    return ""


def _is_question(payload: str | None, topics: Iterable[str]) -> bool:
    """Whether it asked something, by how it was answered."""
    is_said = payload is None or payload.startswith(_ASKS)
    return is_said and any(topic.startswith(_STATED) or topic in _MISSED for topic in topics)
