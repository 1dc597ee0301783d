"""How the desk shows a message of a conversation, and what the engine made of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bot.channels.desk.topic_names import topic_name
from bot.store.message import Message

_SURE: Mapping[str, str] = MappingProxyType({"sure": "Understood", "unsure": "Not sure", "unknown": "Not understood"})
CHANNELS: Mapping[str, str] = MappingProxyType(
    {"web": "The widget", "page": "The plain page", "mail": "Mail", "slack": "Slack", "teams": "Teams"}
)


def shown(message: Message, understood: Mapping[int, Mapping[str, Any]]) -> Mapping[str, object]:
    """A message as pages show it; ``understood`` as ``ConversationShown`` has it."""
    return {
        "n": message.n,
        "who": {"you": "They", "assistant": "The assistant"}.get(message.sender, message.author or "A hub leader"),
        "sender": message.sender,
        "text": message.text,
        "choices": [choice.label for choice in message.choices],
        "source": message.source.title if message.source else "",
        "about": [topic_name(topic) for topic in message.topics if topic.startswith(("ask/", "open/", "own/"))],
        "understood": _understood(understood.get(message.n)),
    }


def _understood(reading: Mapping[str, Any] | None) -> Mapping[str, object] | None:
    """``{"certainty", "topics", "alternatives"}`` in words; None where the person pressed a choice, or nothing was kept."""
    if reading is None:
        return None
    alternatives = [
        each if isinstance(each, Mapping) else {"topic": each} for each in reading.get("alternatives") or ()
    ]
    return {
        "certainty": _SURE.get(str(reading.get("certainty", "")), "Understood"),
        "is_sure": reading.get("certainty") == "sure",
        "topics": [topic_name(str(topic)) for topic in reading.get("topics") or ()],
        "alternatives": [str(each.get("label") or topic_name(str(each.get("topic", "")))) for each in alternatives],
    }
