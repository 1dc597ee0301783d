"""Slack as a part of the service: its route, what works on what came in by it, and what posts."""

from collections.abc import AsyncIterator

from aiohttp import web

from bot.channels.keys import CHAT_DESK, CHAT_HANDLERS, DATABASE, POSTERS, SETTINGS
from bot.channels.slack.http import PATH, SLACK, receive
from bot.channels.slack.opening import listening, open_poster, open_slack


def add_route(app: web.Application) -> None:
    app.router.add_post(PATH, receive)


async def serving(app: web.Application) -> AsyncIterator[None]:
    """Requests are taken; what works on them, and what posts, is there for the workers that are started after it."""
    settings = app[SETTINGS]
    slack = app[SLACK] = open_slack(settings, app[DATABASE], app[CHAT_DESK])
    app[CHAT_HANDLERS]["slack"], app[POSTERS]["slack"] = slack.desk.handle, open_poster(settings)
    async with listening(slack, settings):
        yield
