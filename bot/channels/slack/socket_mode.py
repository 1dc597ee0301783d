"""Socket Mode: the service calls Slack and keeps the line open, so that it needs no public address."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.channels.slack.calls import open_client

_PING_SECONDS = 10.0


@asynccontextmanager
async def connected(bolt: AsyncApp, app_token: str, api_url: str) -> AsyncIterator[None]:
    """Keeps a connection to Slack beside something else; it begins again, by itself, when it breaks or Slack ends it."""
    handler = AsyncSocketModeHandler(
        bolt,
        app_token,
        logger=_discreet_logger(),
        web_client=open_client(app_token, api_url),
        ping_interval=_PING_SECONDS,
    )
    connecting = asyncio.create_task(handler.connect_async())  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        connecting.cancel()
        await asyncio.wait([connecting])
        await handler.close_async()  # type: ignore[no-untyped-call]


class _WithoutDetails(logging.Filter):
    """The library's lines hold addresses with tickets in them, and stack traces."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = "the connection to Slack has trouble, and is tried again", ()
        record.exc_info = record.exc_text = None
        return True


def _discreet_logger() -> logging.Logger:
    logger = logging.getLogger("psqm.slack.socket")
    logger.setLevel(logging.WARNING)
    if not logger.filters:
        logger.addFilter(_WithoutDetails())
    return logger
