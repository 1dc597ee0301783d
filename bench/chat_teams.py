"""Teams' door for `python -m bench chat`: a service that verifies, keeps and acknowledges, and real requests to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.channels.teams.agent import Desk
from bot.channels.teams.door import PATH
from bot.channels.teams.opening import open_teams
from bot.chat.events import EventWorker, handling
from bot.settings import Settings
from bot.store.database import Database
from tests.unit.teams.microsoft import APP_ID, TENANT, microsoft_stand_in

type Send = Callable[[], Awaitable[None]]


@asynccontextmanager
async def teams_door(url: str, desk: Desk) -> AsyncIterator[Send]:
    """Gives what sends a message and returns when it is acknowledged; ``desk`` works on it."""
    database = Database(url)
    settings = Settings(teams_app_id=APP_ID, teams_app_secret="-", teams_tenant_id=TENANT, _env_file=None)
    async with microsoft_stand_in() as microsoft:
        teams = open_teams(settings, database, desk, microsoft.microsoft())
        app = web.Application()
        app.router.add_post(PATH, teams.door.receive)
        worker = EventWorker(database, {"teams": teams.agent.handle})
        async with TestServer(app) as server, ClientSession() as client, handling(worker):
            headers = microsoft.headers()  # the Bot Framework, too, uses a token for an hour

            async def send() -> None:
                async with client.post(server.make_url(PATH), json=microsoft.activity(), headers=headers) as response:
                    response.raise_for_status()

            yield send
        await teams.close()
    await database.close()
