"""Teams as a part of the service: its route, what works on what came in by it, and what posts."""

from collections.abc import AsyncIterator

from aiohttp import web

from bot.channels.keys import CHAT_DESK, CHAT_HANDLERS, DATABASE, POSTERS, SETTINGS
from bot.channels.teams.door import PATH
from bot.channels.teams.opening import Microsoft, Teams, open_teams

MICROSOFT = web.AppKey("microsoft", Microsoft)
"""What stands in for Microsoft in tests."""
TEAMS = web.AppKey("teams", Teams)


def add_route(app: web.Application) -> None:
    app.router.add_post(PATH, _receive)


async def serving(app: web.Application) -> AsyncIterator[None]:
    """Requests are taken; what works on them, and what posts, is there for the workers that are started after it."""
    teams = open_teams(app[SETTINGS], app[DATABASE], app[CHAT_DESK], app.get(MICROSOFT))
    app[TEAMS] = teams
    app[CHAT_HANDLERS]["teams"], app[POSTERS]["teams"] = teams.agent.handle, teams.poster
    try:
        yield
    finally:
        await teams.close()


async def _receive(request: web.Request) -> web.Response:
    return await request.app[TEAMS].door.receive(request)
