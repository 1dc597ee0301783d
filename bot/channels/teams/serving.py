"""Teams as a part of the service: its route, its agent and the worker that works on what was kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.channels.keys import DATABASE, SETTINGS
from bot.channels.teams.agent import Desk
from bot.channels.teams.door import PATH
from bot.channels.teams.opening import Microsoft, Teams, open_teams
from bot.chat.events import EventWorker, handling

MICROSOFT = web.AppKey("microsoft", Microsoft)
"""What stands in for Microsoft in tests."""
TEAMS = web.AppKey("teams", Teams)


def add_route(app: web.Application) -> None:
    app.router.add_post(PATH, _receive)


@asynccontextmanager
async def serving(app: web.Application, desk: Desk) -> AsyncIterator[Teams]:
    """Requests are taken and worked on; gives what posts to Teams, too."""
    teams = open_teams(app[SETTINGS], app[DATABASE], desk, app.get(MICROSOFT))
    app[TEAMS] = teams
    try:
        async with handling(EventWorker(app[DATABASE], {"teams": teams.agent.handle})):
            yield teams
    finally:
        await teams.close()


async def _receive(request: web.Request) -> web.Response:
    return await request.app[TEAMS].door.receive(request)
