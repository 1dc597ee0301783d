"""The assistant's home tab in Slack: what waits, as the commands tell it."""

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack import blocks
from bot.channels.slack.calls import call
from bot.channels.slack.desk import Desk
from bot.chat.incoming import Sender

_SHOWN = ("questions", "registrations", "places")
_MOST_BLOCKS = 100  # docs.slack.dev/surfaces/modals and /app-home: of a view


async def show(client: AsyncWebClient, desk: Desk, sender: Sender, key: str) -> None:
    """Shows the tab to ``sender``. Raises SlackError."""
    shown: list[dict[str, Any]] = []
    seen: set[str] = set()
    for command in _SHOWN:
        reply = await desk.command(sender, command, f"{key}:{command}")
        if reply.text in seen:  # somebody who is not linked reads the same everywhere
            continue
        seen.add(reply.text)
        shown += ([{"type": "divider"}] if shown else []) + blocks.of_words(reply)
    await call(client.views_publish(user_id=sender.user_id, view={"type": "home", "blocks": shown[:_MOST_BLOCKS]}))
