"""What a person thinks of an answer: "Was that right?"."""

from bot.conversation import Conversations, ConversationUnknown
from bot.store.database import Database
from bot.store.message import Message
from bot.store.transcript import Transcript


class NotRateable(Exception):
    """The message is not there, or states nothing that could be right or wrong."""


async def rate(
    conversations: Conversations, database: Database, conversation_id: str, n: int, *, right: bool
) -> list[Message]:
    """Keeps whether answer ``n`` was right; the same again changes nothing, the opposite changes it.

    Returns what the assistant says to that. Raises NotRateable, ConversationUnknown, StoreUnavailable.
    """
    async with database.writing() as session:
        transcript = Transcript(session, conversation_id)
        rated = await transcript.rate(n, "right" if right else "wrong")
        if rated is None:
            raise NotRateable if await transcript.exists() else ConversationUnknown
        await session.commit()
    return []
