"""`python -m bench chat`: how soon requests of Slack and Teams are acknowledged while the work that they ask for takes seconds.

A door is a service's address for one platform and what makes requests for it; a platform's module here adds its own to DOORS.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web

from bench import databases
from bench.chat_desk import SlowDesk
from bench.chat_teams import teams_door
from bench.tables import table
from bot.channels.keys import SETTINGS
from bot.channels.slack import http
from bot.channels.slack.http import SLACK
from bot.channels.slack.opening import listening, open_slack
from bot.chat.events import EventWorker, handling
from bot.settings import Settings
from bot.store.database import Database
from tests import slack_requests as requests
from tests.slack_server import TOKEN, slack_server

AT_ONCE = 30
WORK_SECONDS = 2.0
LIMIT_MS = 300
_ABOUT = """\
# Chat: what was measured

{at_once} requests at once, each signed for real and each another event, by HTTP to a service with a real database, and how
long each waits for its acknowledgement: verified, read and kept in the meantime. The work that they ask for takes
{work:.0f} s each, goes on from round to round beside the next requests, and writes to the same database. The platform drops
a request after 3 s, and none may wait longer than {limit} ms. Service, client and the platform's stand-in share one
process, so the service alone is faster. Written by `python -m bench chat`; do not edit.
"""

type Send = Callable[[], Awaitable[None]]
"""Sends one request and returns when it is acknowledged; raises where it is not."""


async def measure(rounds: int, after_round: Callable[[], None]) -> dict[str, Any]:
    """Milliseconds that each request waited, by platform and database."""
    measured: dict[str, Any] = {"rounds": rounds}
    for platform, door in DOORS.items():
        measured[platform] = {}
        for kind in databases.KINDS:
            async with databases.fresh(kind) as url, door(url) as send:
                await send()  # the first opens connections
                waits: list[list[float]] = []
                for _ in range(rounds):
                    waits.append(await asyncio.gather(*(_timed(send) for _ in range(AT_ONCE))))
                    after_round()
                measured[platform][kind] = waits
    return measured


def steps(rounds: int) -> int:
    """How often ``measure`` calls ``after_round``."""
    return rounds * len(DOORS) * len(databases.KINDS)


def written(measured: dict[str, Any], folder: Path) -> str:
    """Writes chat.md into ``folder`` and returns its text."""
    rows = []
    for platform in DOORS:
        for kind in databases.KINDS:
            waits = sorted(wait for each in measured[platform][kind] for wait in each)
            late = sum(wait > LIMIT_MS for wait in waits)
            slowest = ", ".join(f"{max(each):.0f}" for each in measured[platform][kind])
            half, most = statistics.median(waits), waits[int(len(waits) * 0.95)]
            rows.append([f"{platform}, {kind}", f"{half:.0f}", f"{most:.0f}", f"{waits[-1]:.0f}", late, slowest])
    head = ["", "median, ms", "95 %, ms", "slowest, ms", f"over {LIMIT_MS} ms", "slowest by round, ms"]
    where = (
        f"`{measured['command']}`, {measured['date']}, {measured['cores']} cores, {measured['cpu']}, load average when the "
        f"command began: {measured['load_before']}. {measured['rounds']} rounds."
    )
    about = _ABOUT.format(at_once=AT_ONCE, work=WORK_SECONDS, limit=LIMIT_MS)
    text = "\n\n".join([about.strip(), where, table(head, rows)]) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "chat.md").write_text(text, encoding="utf-8")
    return text


async def _timed(send: Send) -> float:
    started = time.perf_counter()
    await send()
    return (time.perf_counter() - started) * 1000


@asynccontextmanager
async def _slack(url: str) -> AsyncIterator[Send]:
    database = Database(url)
    async with slack_server() as platform:
        settings = Settings(
            slack_bot_token=TOKEN, slack_signing_secret=requests.SECRET, slack_api_url=platform.api_url, _env_file=None
        )
        slack = open_slack(settings, database, SlowDesk(WORK_SECONDS))
        app = web.Application()
        app[SETTINGS], app[SLACK] = settings, slack
        app.add_routes([web.post("/slack/events", http.receive)])
        worker = EventWorker(database, {"slack": slack.desk.handle})
        async with served(app) as address, ClientSession() as client, listening(slack, settings), handling(worker):

            async def send() -> None:
                body, kind = requests.as_json(requests.message("how many places are left?"))
                headers = requests.headers(body) | {"Content-Type": kind}
                async with client.post(f"{address}/slack/events", data=body, headers=headers) as response:
                    response.raise_for_status()

            yield send
    await database.close()


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    """Serves ``app`` on a free port of this machine and gives its address."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


DOORS: dict[str, Callable[[str], AbstractAsyncContextManager[Send]]] = {
    "slack": _slack,
    "teams": partial(teams_door, desk=SlowDesk(WORK_SECONDS)),
}
"""The platforms, each with what opens a door on the database at an address."""
