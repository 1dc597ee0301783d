"""Teams as a part of the service: its route, what works on what came in by it, and what posts."""

from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager

from aiohttp import web

from bot.channels.keys import DATABASE, SETTINGS
from bot.channels.teams.agent import Desk
from bot.channels.teams.door import PATH
from bot.channels.teams.opening import Microsoft, Teams, open_teams
from bot.chat.events import Handler
from bot.posts.poster import Poster

MICROSOFT = web.AppKey("microsoft", Microsoft)
"""What stands in for Microsoft in tests."""
TEAMS = web.AppKey("teams", Teams)


def add_route(app: web.Application) -> None:
    app.router.add_post(PATH, _receive)


@asynccontextmanager
async def serving(
    app: web.Application, desk: Desk, handlers: MutableMapping[str, Handler], posters: MutableMapping[str, Poster]
) -> AsyncIterator[None]:
    """Requests are taken; ``handlers`` and ``posters`` get Teams' own, for the workers that are started after it."""
    teams = open_teams(app[SETTINGS], app[DATABASE], desk, app.get(MICROSOFT))
    app[TEAMS] = teams
    handlers["teams"], posters["teams"] = teams.agent.handle, teams.poster
    try:
        yield
    finally:
        await teams.close()


async def _receive(request: web.Request) -> web.Response:
    return await request.app[TEAMS].door.receive(request)
