"""The slack-bolt application: what kind of request it is, and the acknowledgement that this kind wants.

Nothing is worked on here. What arrived is kept, which is all that the acknowledgement waits for; if it cannot be kept, Slack is
told so and sends it again.
"""

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from bot.channels.slack import arrived, modal
from bot.channels.slack.arrived import Arrived

type Keep = Callable[[Arrived], Awaitable[None]]
"""Keeps what arrived, once; raises StoreUnavailable."""

type Open = Callable[[Arrived, str], None]
"""Begins to open the window for an answer: what was pressed, and the trigger id that Slack lets it be opened with."""

_ANYTHING = re.compile(".*", re.DOTALL)

_log = structlog.get_logger("psqm.slack")


def open_bolt(token: str, keep: Keep, open_window: Open) -> AsyncApp:
    """An application for verified requests: over HTTP ``bot.channels.slack.http`` verifies, and in Socket Mode the connection is
    our own."""

    async def authorize(**_context: Any) -> AuthorizeResult:
        # Bolt would ask Slack about the token before each acknowledgement.
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

    bolt = AsyncApp(
        logger=_quiet_logger(),
        authorize=authorize,
        process_before_response=True,  # without it, events are acknowledged before anything is kept
        raise_error_for_unhandled_request=True,
        request_verification_enabled=False,
        ignoring_self_events_enabled=False,  # asks Slack who we are; bots are left aside when the event is read
        ssl_check_enabled=False,
    )
    bolt.error(_refuse)
    _listen_to_words(bolt, keep)
    _listen_to_buttons(bolt, keep, open_window)
    return bolt


def _listen_to_words(bolt: AsyncApp, keep: Keep) -> None:
    @bolt.event(_ANYTHING)
    async def event(body: dict[str, Any], ack: AsyncAck) -> BoltResponse:
        if came := arrived.of_event(body):
            await keep(came)
        return await ack()

    @bolt.command(_ANYTHING)
    async def command(body: dict[str, Any], ack: AsyncAck) -> BoltResponse:
        await keep(arrived.of_command(body))
        return await ack()


def _listen_to_buttons(bolt: AsyncApp, keep: Keep, open_window: Open) -> None:
    @bolt.action(_ANYTHING)
    async def action(body: dict[str, Any], ack: AsyncAck) -> BoltResponse:
        if came := arrived.of_action(body):
            if came.action == "answer":
                open_window(came, body["trigger_id"])
            else:
                await keep(came)
        return await ack()

    @bolt.view(modal.ANSWER)
    async def answer(body: dict[str, Any], ack: AsyncAck) -> BoltResponse:
        text = modal.typed(body["view"])
        if wrong := modal.wrong_with(text):
            return await ack(response_action="errors", errors={modal.ANSWER: wrong})
        await keep(arrived.of_answer(body, text))
        return await ack()


async def _refuse(error: Exception) -> BoltResponse:
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=404)
    # The type alone: an error's text may hold what was typed.
    _log.error("a request of Slack's could not be kept", error=type(error).__name__)
    return BoltResponse(status=503)


def _quiet_logger() -> logging.Logger:
    """Bolt tells of bodies when something is unexpected: only the service's own lines are wanted."""
    logger = logging.getLogger("psqm.slack.bolt")
    logger.setLevel(logging.CRITICAL)
    return logger
