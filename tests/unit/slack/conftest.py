"""Slack's door on a desk that only notes what it is asked, with a real database, a real worker and a Slack of our own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels import problems
from bot.channels.keys import SCHEME, SETTINGS
from bot.channels.slack import http
from bot.channels.slack.http import SLACK
from bot.channels.slack.opening import listening, open_slack
from bot.chat.events import EventWorker, handling
from bot.chat.incoming import Answered, Pressed, Reply, Sender, Wrote
from bot.settings import Settings
from bot.store.database import Database
from tests import slack_requests as requests
from tests.conftest import SCHEME as TESTED
from tests.slack_server import APP_TOKEN, TOKEN, SlackServer, slack_server
from tests.unit.slack.published import check_everything_sent


@dataclass
class NotingDesk:
    """``reply`` says what to answer; ``may_go_on``: nothing is done before this is set."""

    reply: Callable[[Any], Reply] = lambda _asked: Reply("Done.")
    asked: list[Any] = field(default_factory=list)
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)
    question: str = "Can my TA lead this?"

    def __post_init__(self) -> None:
        self.may_go_on.set()

    async def press(self, pressed: Pressed) -> Reply:
        return await self._note(pressed)

    async def answer(self, answered: Answered) -> Reply:
        return await self._note(answered)

    async def hear(self, wrote: Wrote) -> Reply:
        return await self._note(wrote)

    async def command(self, sender: Sender, text: str, key: str) -> Reply:
        return await self._note((sender, text, key))

    async def question_text(self, sender: Sender, question_id: str) -> str:
        await self.may_go_on.wait()
        return self.question

    async def _note(self, asked: Any) -> Reply:
        await self.may_go_on.wait()
        self.asked.append(asked)
        return self.reply(asked)


@dataclass
class Door:
    """A service's address for Slack, and what is behind it."""

    client: TestClient[web.Request, web.Application]
    desk: NotingDesk
    slack: SlackServer
    database: Database

    async def send(self, sent: tuple[bytes, str], **signed: Any) -> tuple[int, str]:
        """Sends a body and its type, signed; returns the status and what is answered."""
        body, content_type = sent
        about = requests.headers(body, **signed) | {"Content-Type": content_type}
        response = await self.client.post("/slack/events", data=body, headers=about)
        return response.status, await response.text()

    async def event(self, content: dict[str, Any]) -> tuple[int, str]:
        return await self.send(requests.as_json(content))

    async def interaction(self, content: dict[str, Any]) -> tuple[int, str]:
        return await self.send(requests.as_payload(content))

    async def command(self, fields: dict[str, str]) -> tuple[int, str]:
        return await self.send(requests.as_form(**fields))


type OpenDoor = Callable[..., Awaitable[Door]]


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A Slack that takes everything; what it was sent is checked against what Slack publishes in the end."""
    async with slack_server() as server:
        yield server
        check_everything_sent(server)


@pytest.fixture
async def open_door(slack: SlackServer, database: Database) -> AsyncIterator[OpenDoor]:
    """Opens it, with these settings beside the usual ones."""
    async with AsyncExitStack() as stack:

        async def open_it(**chosen: Any) -> Door:
            return await stack.enter_async_context(_door(database, slack, chosen))

        yield open_it


@pytest.fixture
async def door(open_door: OpenDoor) -> Door:
    """Slack by HTTP, on each database."""
    return await open_door()


@asynccontextmanager
async def _door(database: Database, server: SlackServer, chosen: dict[str, Any]) -> AsyncIterator[Door]:
    settings = Settings(
        **(
            {
                "slack_signing_secret": requests.SECRET,
                "slack_bot_token": TOKEN,
                "slack_api_url": server.api_url,
            }
            | chosen
        )
    )
    desk = NotingDesk()
    opened = open_slack(settings, database, desk)
    app = web.Application(client_max_size=64 * 1024, middlewares=[problems.answer_errors])
    app[SETTINGS], app[SCHEME], app[SLACK] = settings, TESTED, opened
    app.add_routes([web.post("/slack/events", http.receive)])
    worker = EventWorker(database, {"slack": opened.desk.handle}, poll_seconds=0.05)
    async with TestClient(TestServer(app)) as client, listening(opened, settings), handling(worker):
        yield Door(client, desk, server, database)


__all__ = ["APP_TOKEN", "Door", "NotingDesk", "OpenDoor"]
