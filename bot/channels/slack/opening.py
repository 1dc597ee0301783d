"""Opens Slack with the service's settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp

from bot.channels.slack.arrived import Arrived
from bot.channels.slack.bolt import open_bolt
from bot.channels.slack.calls import open_client
from bot.channels.slack.desk import Desk
from bot.channels.slack.poster import SlackPoster
from bot.channels.slack.socket_mode import connected
from bot.channels.slack.working import SlackDesk
from bot.channels.slack.workspace import Workspace
from bot.chat.keeping import Keeper
from bot.settings import Settings
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class Slack:
    """``bolt`` takes requests, ``desk`` works on what was kept of them."""

    bolt: AsyncApp
    desk: SlackDesk


def open_poster(settings: Settings) -> SlackPoster:
    """What posts to Slack, for the outbox."""
    return SlackPoster(open_client(settings.slack_bot_token, settings.slack_api_url))


def open_slack(settings: Settings, database: Database, chat_desk: Desk) -> Slack:
    """Slack's door to ``chat_desk``."""
    client = open_client(settings.slack_bot_token, settings.slack_api_url)
    keeper = Keeper(database)
    desk = SlackDesk(client, Workspace(client), chat_desk, database)

    async def keep_event(came: Arrived) -> None:
        await keeper.keep("slack", came.key, came.to_json())

    return Slack(open_bolt(settings.slack_bot_token, keep_event, desk.open_window), desk)


@asynccontextmanager
async def listening(slack: Slack, settings: Settings) -> AsyncIterator[None]:
    """In Socket Mode, the line to Slack is open; what is begun in the background ends with it."""
    try:
        if settings.slack_app_token:
            async with connected(slack.bolt, settings.slack_app_token, settings.slack_api_url):
                yield
        else:
            yield
    finally:
        await slack.desk.close()
