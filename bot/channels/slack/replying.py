"""Where a reply goes: to the place that it answers, and so that nobody else reads what is only for the person."""

from typing import Any

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.channels.slack import blocks
from bot.channels.slack.arrived import Arrived
from bot.channels.slack.calls import CALL_SECONDS, SlackError, call
from bot.channels.slack.words import cut, escaped
from bot.chat.incoming import Reply

_MOST_TEXT = 4000
_log = structlog.get_logger("psqm.slack")


async def reply_to(client: AsyncWebClient, came: Arrived, reply: Reply) -> None:
    """Sends ``reply`` to where ``came`` came from; the post whose button was pressed is shown anew where the reply says so.

    Raises SlackError where it is worth trying again; what Slack will never take is logged and left.
    """
    try:
        if reply.replaces_card:
            await _show_anew(client, came, reply)
        if reply.text or reply.card:
            await _say(client, came, reply)
    except SlackError as error:
        if error.fault == "server":
            raise
        _log.warning("a reply could not be brought to Slack", kind=came.kind, code=error.code)


async def _show_anew(client: AsyncWebClient, came: Arrived, reply: Reply) -> None:
    card = reply.replaces_card
    if card is None or not came.ts:
        return
    shown: dict[str, Any] = {"text": escaped(cut(card.title, _MOST_TEXT)), "blocks": blocks.of_card(card)}
    if came.is_ephemeral:
        await _respond(came, shown | {"replace_original": True})
        return
    try:
        await call(client.chat_update(channel=came.channel, ts=came.ts, **shown))
    except SlackError as error:
        if error.fault == "server":
            raise
        _log.warning("a post could not be shown anew", code=error.code)


async def _say(client: AsyncWebClient, came: Arrived, reply: Reply) -> None:
    text = reply.text or (reply.card.title if reply.card else "")
    shown: dict[str, Any] = {"text": escaped(cut(text, _MOST_TEXT)), "blocks": blocks.of_reply(reply)}
    if came.kind == "command":
        if came.response_url and await _respond(came, shown | {"response_type": "ephemeral"}):
            return
        await call(client.chat_postEphemeral(channel=came.channel, user=came.user_id, **shown))
    elif came.is_private or not reply.only_for_sender:
        below: dict[str, Any] = {"thread_ts": thread} if (thread := _thread(came)) else {}
        await call(
            client.chat_postMessage(
                channel=came.channel, unfurl_links=False, unfurl_media=False, mrkdwn=False, **below, **shown
            )
        )
    else:
        # Below something that nobody has answered yet, an ephemeral message would not be seen: only in a thread that is there.
        below = {"thread_ts": came.thread} if came.thread else {}
        await call(client.chat_postEphemeral(channel=came.channel, user=came.user_id, **below, **shown))


def _thread(came: Arrived) -> str:
    """The thread that a message belongs to.

    In a direct message, words go on in the open, unless they were written in a thread; what comes of a post's button goes below
    the post. In a channel everything goes below what it answers.
    """
    if came.is_private and came.kind in ("words", "choice"):
        return came.thread
    return came.thread or came.ts


async def _respond(came: Arrived, shown: dict[str, Any]) -> bool:
    """Answers by the address that came with the request, which works for half an hour; False when it did not."""
    webhook = AsyncWebhookClient(came.response_url, timeout=CALL_SECONDS, retry_handlers=[])
    try:
        said = await webhook.send_dict(shown)
    except (TimeoutError, aiohttp.ClientError, OSError):
        return False
    return bool(said.status_code == 200)
