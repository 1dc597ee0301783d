"""Places and posts in Teams as JSON: what is kept of them, and the activities that go there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from microsoft_agents.activity import Activity, Attachment, ChannelAccount, ChannelId, ConversationAccount

from bot.channels.teams.cards import attachment, shortened
from bot.channels.teams.token import CHANNEL

LONGEST_TEXT = 8_000
"""Characters of a message; Teams takes about 28 KB of text and cards together."""
_SUMMARY = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation with somebody. ``post_id`` is the post in it that is meant, "" where none is."""

    service_url: str
    conversation_id: str
    bot_id: str
    user_id: str
    post_id: str = ""

    @classmethod
    def read(cls, reference: Mapping[str, Any]) -> Self:
        """Raises ValueError when ``reference`` names no place."""
        try:
            return cls(
                reference["service_url"],
                reference["conversation_id"],
                reference.get("bot_id", ""),
                reference.get("user_id", ""),
                reference.get("post_id", ""),
            )
        except KeyError:
            raise ValueError("no place in Teams") from None

    def as_reference(self) -> dict[str, str]:
        reference = {
            "service_url": self.service_url,
            "conversation_id": self.conversation_id,
            "bot_id": self.bot_id,
            "user_id": self.user_id,
        }
        return reference | ({"post_id": self.post_id} if self.post_id else {})

    @classmethod
    def of(cls, activity: Activity) -> Self:
        """The place where ``activity`` comes from."""
        return cls(
            activity.service_url,
            activity.conversation.id,
            activity.recipient.id if activity.recipient else "",
            activity.from_property.id,
        )


def message(text: str, card: Mapping[str, Any] | None = None) -> Activity:
    """A message. With a card, ``text`` is what a notification says; without one it is shown, as it is and not as Markdown."""
    if card is None:
        return Activity(type="message", text=shortened(text, LONGEST_TEXT), text_format="plain")
    shown = Attachment.model_validate(attachment(dict(card)))
    return Activity(type="message", attachments=[shown], summary=shortened(text, _SUMMARY))


def addressed(activity: Activity, place: Place) -> Activity:
    """``activity`` as it leaves for ``place``."""
    activity.channel_id = ChannelId(CHANNEL)
    activity.conversation = ConversationAccount(id=place.conversation_id)
    if place.bot_id:
        activity.from_property = ChannelAccount(id=place.bot_id)
    if place.user_id:
        activity.recipient = ChannelAccount(id=place.user_id)
    return activity
