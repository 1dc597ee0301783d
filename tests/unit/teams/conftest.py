"""Teams' door and what stands in for Microsoft behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.channels.keys import SCHEME
from bot.channels.problems import answer_errors
from bot.channels.teams.door import PATH
from bot.channels.teams.opening import Teams, open_teams
from bot.chat.events import EventWorker
from bot.chat.incoming import Answered, Pressed, Reply, Sender, Wrote
from bot.settings import Settings
from bot.store.database import Database
from bot.store.tables import ChatEventRow
from tests.conftest import SCHEME as TEST_SCHEME
from tests.registering import opened
from tests.unit.teams.microsoft import APP_ID, TENANT, StandIn, microsoft_stand_in


@dataclass
class RecordingDesk:
    """Says ``reply`` to everything, and remembers what it was asked."""

    reply: Reply = field(default_factory=lambda: Reply("Three schools."))
    asked: list[Any] = field(default_factory=list)

    async def press(self, pressed: Pressed) -> Reply:
        return self._noted(pressed)

    async def answer(self, answered: Answered) -> Reply:
        return self._noted(answered)

    async def hear(self, wrote: Wrote) -> Reply:
        return self._noted(wrote)

    async def command(self, sender: Sender, text: str, key: str) -> Reply:
        return self._noted((sender, text, key))

    def _noted(self, asked: Any) -> Reply:
        self.asked.append(asked)
        return self.reply


@dataclass
class Running:
    """The door with a client before it, and the worker that works on what it kept."""

    microsoft: StandIn
    desk: RecordingDesk
    teams: Teams
    client: TestClient[web.Request, web.Application]
    worker: EventWorker
    database: Database

    async def send(self, activity: Any, **how: Any) -> int:
        """Delivers ``activity`` with a genuine token; returns the status."""
        response = await self.client.post(PATH, json=activity, headers=self.microsoft.headers(**how))
        return response.status

    async def work(self) -> None:
        """Works on everything that was kept and is due."""
        await self.worker.work_off()

    async def states(self) -> list[str]:
        """The states of what was kept, oldest first."""
        async with self.database.reading() as session:
            return list(await session.scalars(select(ChatEventRow.state).order_by(ChatEventRow.id)))


@pytest.fixture
async def microsoft() -> AsyncIterator[StandIn]:
    async with microsoft_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
async def running(microsoft: StandIn, sqlite_url: str) -> AsyncIterator[Running]:
    """On SQLite."""
    async with opened(sqlite_url) as database, _running(microsoft, database) as running:
        yield running


@pytest.fixture
async def running_on(microsoft: StandIn, database: Database) -> AsyncIterator[Running]:
    """On each kind of database."""
    async with _running(microsoft, database) as running:
        yield running


@asynccontextmanager
async def _running(microsoft: StandIn, database: Database) -> AsyncIterator[Running]:
    settings = Settings(teams_app_id=APP_ID, teams_app_secret="secret", teams_tenant_id=TENANT)
    desk = RecordingDesk()
    teams = open_teams(settings, database, desk, microsoft.microsoft())
    app = web.Application(client_max_size=64 * 1024, middlewares=[answer_errors])
    app[SCHEME] = TEST_SCHEME
    app.router.add_post(PATH, teams.door.receive)
    async with TestClient(TestServer(app)) as client:
        worker = EventWorker(database, {"teams": teams.agent.handle})
        yield Running(microsoft, desk, teams, client, worker, database)
    await teams.close()
