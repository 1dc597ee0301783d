"""Posts cards to Slack, for the outbox."""

from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack import blocks
from bot.channels.slack.calls import SlackError, call
from bot.channels.slack.words import cut, escaped
from bot.posts.poster import Outgoing, Reference

EVENT_TYPE = "psqm_post"
"""What the metadata of our messages is called: by its ``key`` a message that was posted is found again."""

# chat.update: docs.slack.dev/reference/methods/chat.update#errors
_GONE = {"message_not_found", "cant_update_message", "edit_window_closed", "message_not_in_thread", "thread_not_found"}
_MOST_TEXT = 4000  # of the text beside the blocks: Slack's advice for chat.postMessage
_LOOKED_THROUGH = 30

_log = structlog.get_logger("psqm.slack")


class SlackPoster:
    """References of accounts are ``{"user"}``, of posts ``{"channel", "ts"}``, with ``"thread"`` where they are below another."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._channels: dict[str, str] = {}
        self._unsure: set[str] = set()
        self._told_of_token = False

    async def post(self, post: Outgoing) -> Reference:
        """Posts, or shows an earlier post as it is now; raises NotPosted."""
        try:
            reference = await self._post(post)
        except SlackError as error:
            if error.is_unsure:
                self._unsure.add(post.key)
            self._tell_of_token(error)
            raise
        self._unsure.discard(post.key)
        self._told_of_token = False
        return reference

    async def _post(self, post: Outgoing) -> Reference:
        if post.replaces:
            try:
                await self._update(post, post.replaces)
                return post.replaces
            except SlackError as error:
                if error.code not in _GONE:
                    raise
        channel = await self._channel(post.to)
        if post.key in self._unsure and (there := await self._find(channel, post)):
            return there
        thread = _thread(post.thread) if post.thread and post.thread.get("channel") == channel else ""
        below: dict[str, Any] = {"thread_ts": thread} if thread else {}
        posted = await call(
            self._client.chat_postMessage(
                channel=channel,
                unfurl_links=False,
                unfurl_media=False,
                link_names=False,
                mrkdwn=False,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": post.key}},
                **below,
                **_shown(post),
            )
        )
        reference = {"channel": posted["channel"], "ts": posted["ts"]}
        return reference | ({"thread": thread} if thread else {})

    async def _update(self, post: Outgoing, earlier: Reference) -> None:
        await call(self._client.chat_update(channel=earlier["channel"], ts=earlier["ts"], **_shown(post)))

    async def _channel(self, to: Reference) -> str:
        """The direct message with somebody; Slack opens the same one again."""
        user = str(to["user"])
        if user not in self._channels:
            opened = await call(self._client.conversations_open(users=user))
            self._channels[user] = str(opened["channel"]["id"])
        return self._channels[user]

    async def _find(self, channel: str, post: Outgoing) -> Reference | None:
        """The post, if it got there although Slack did not say so: by the key in its metadata."""
        where: dict[str, Any] = {"channel": channel, "include_all_metadata": True, "limit": _LOOKED_THROUGH}
        if post.thread and post.thread.get("channel") == channel:
            found = await call(self._client.conversations_replies(ts=_thread(post.thread), **where))
        else:
            found = await call(self._client.conversations_history(**where))
        for message in found.get("messages", []):
            metadata = message.get("metadata") or {}
            if metadata.get("event_type") == EVENT_TYPE and metadata.get("event_payload", {}).get("key") == post.key:
                thread = message.get("thread_ts", "")
                below = {"thread": thread} if thread and thread != message["ts"] else {}
                return {"channel": channel, "ts": message["ts"]} | below
        return None

    def _tell_of_token(self, error: SlackError) -> None:
        if error.is_token and not self._told_of_token:
            _log.error("Slack refuses the bot's token: set PSQM_SLACK_BOT_TOKEN anew", code=error.code)
            self._told_of_token = True


def _thread(post: Reference) -> str:
    return str(post.get("thread") or post["ts"])


def _shown(post: Outgoing) -> dict[str, Any]:
    text = escaped(cut(post.text, _MOST_TEXT))
    return {"text": text, "blocks": blocks.of_card(post.card) if post.card else blocks.of_text(post.text)}
