"""What a person thinks of an answer: "Was that right?". After a "No" a person is offered, who can do better."""

import structlog

from bot.conversation import ConversationBusy, Conversations, ConversationUnknown
from bot.rasa import EngineUnavailable
from bot.store.database import Database
from bot.store.message import Message
from bot.store.transcript import Transcript
from bot.switch import SwitchedOff

OFFER = '/hand_over{"reason": "rated_wrong"}'
"""What the engine is told: it asks whether the question shall be passed on."""
NOT_RIGHT = "That was not right."
"""How it stands in the conversation."""

_log = structlog.get_logger(__name__)


class NotRateable(Exception):
    """The message is not there, or states nothing that could be right or wrong."""


async def rate(
    conversations: Conversations, database: Database, conversation_id: str, n: int, *, right: bool
) -> list[Message]:
    """Keeps whether answer ``n`` was right; the same again changes nothing, the opposite changes it.

    Returns what the assistant says to that: once for each answer, and only to the latest, it offers a person instead. Raises
    NotRateable, ConversationUnknown, StoreUnavailable.
    """
    async with database.writing() as session:
        transcript = Transcript(session, conversation_id)
        rated = await transcript.rate(n, "right" if right else "wrong")
        if rated is None:
            raise NotRateable if await transcript.exists() else ConversationUnknown
        later = await transcript.since(n)
        await session.commit()
    client_id = f"rated-{n}"
    said_since = [message for message in later if message.sender == "you"]
    if right or (said_since and said_since[0].text != NOT_RIGHT):
        return []
    try:
        return await conversations.say(conversation_id, text=NOT_RIGHT, payload=OFFER, client_id=client_id)
    except (EngineUnavailable, SwitchedOff, ConversationBusy) as error:
        _log.info("nothing offered after a rating", why=type(error).__name__)  # what they think is kept all the same
        return []
