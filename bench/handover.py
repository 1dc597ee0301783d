"""`python -m bench handover`: how long a leader's answer takes from the click to the open widget, on both databases.

In the process that holds the widget's stream, and in another one, whose answers are found by looking.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import web

from bench import databases
from bench.answering import LEADER, answer
from bench.processes import free_ports
from bench.tables import table
from bot.app import init_app
from bot.channels.events import OTHERS_SECONDS
from bot.channels.keys import DATABASE, SESSIONS
from bot.hubs import add_hub, add_leader
from bot.questions.asking import ask
from bot.questions.hours import OfficeHours
from bot.questions.notices import SilentQuestionNotices
from bot.questions.question import Handover
from bot.settings import Settings
from bot.store.database import Database
from bot.store.message import Message
from bot.store.transcript import Transcript, last_numbers

PROCESSES = ("same process", "another process")
STREAMS = 200
_LOOKS = 50
_ABOUT = """\
# From the leader's click to the open widget: what was measured

A leader answers a question at the desk; the clock runs from before their transaction until the message has arrived over the
event stream of the widget. In the process that holds the stream a bell rings when the transaction is kept; what another process
keeps is looked for every {seconds} s: half of that on average, and all of it at worst. *A look* is that query, for
{streams} conversations with an open stream: what is asked {times} times a second while any stream is open, and never else.
Written by `python -m bench handover`; do not edit.
"""


@dataclass(frozen=True)
class Service:
    """A running service, its database and the address of both."""

    url: str
    database_url: str
    database: Database
    app: web.Application
    hub_id: str


async def measure(answers: int, after_answer: Callable[[], None]) -> dict[str, Any]:
    """Milliseconds for each database and process, the median and the longest of so many answers, and those of a look."""
    measured: dict[str, Any] = {"answers": answers}
    for kind in databases.KINDS:
        async with databases.fresh(kind) as url, _serving(url) as service, _another(url) as elsewhere:
            ways = {"same process": lambda id_: answer(service.database, id_), "another process": elsewhere}
            measured[kind] = {}
            for name, way in ways.items():
                taken = []
                for _ in range(answers):
                    taken.append(1000 * await _until_there(service, way))
                    after_answer()
                measured[kind][name] = {"median_ms": median(taken), "most_ms": max(taken)}
            measured[kind]["look_ms"] = 1000 * await _look(service.database)
    return measured


def written(measured: dict[str, Any], folder: Path) -> str:
    """Writes ``handover.md`` into ``folder``; returns it."""
    about = _ABOUT.format(seconds=OTHERS_SECONDS, streams=STREAMS, times=f"{1 / OTHERS_SECONDS:.3g}")
    here = (
        f"`{measured['command']}`, {measured['date']}, {measured['cores']} cores, {measured['cpu']}, load average when the "
        f"command began: {measured['load_before']}. {measured['answers']} answers each."
    )
    rows = [
        [kind, *(f"{measured[kind][name][what]:.0f}" for name in PROCESSES for what in ("median_ms", "most_ms"))]
        + [f"{measured[kind]['look_ms']:.1f}"]
        for kind in databases.KINDS
    ]
    heads = ["", *(f"{name}, {what}" for name in PROCESSES for what in ("median ms", "longest ms")), "a look, ms"]
    text = f"{about}\n{here}\n\n{table(heads, rows)}\n"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "handover.md").write_text(text, encoding="utf-8")
    return text


@asynccontextmanager
async def _serving(url: str) -> AsyncIterator[Service]:
    with tempfile.TemporaryDirectory(prefix="psqm-bench-") as folder:
        settings = Settings(
            database_url=url, data_dir=Path(folder), secret_key="x" * 40, example_data=False, log_level="error"
        )
        runner = web.AppRunner(init_app(settings), access_log=None)
        await runner.setup()
        [port] = free_ports(1)
        await web.TCPSite(runner, "127.0.0.1", port).start()
        database = runner.app[DATABASE]
        async with database.writing() as session:
            await add_leader(session, "Ruth Calder", LEADER)
            hub_id = await add_hub(
                session, name="Testham hub", leader_email=LEADER, postcode="TE1 9ZZ", easting=500_000, northing=200_000,
                year=2026, capacity=10, now=datetime.now(UTC),
            )  # fmt: skip
            await session.commit()
        try:
            yield Service(f"http://127.0.0.1:{port}", url, database, runner.app, hub_id)
        finally:
            await runner.cleanup()


@asynccontextmanager
async def _another(url: str) -> AsyncIterator[Callable[[str], Awaitable[float]]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.answering", url, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin and process.stdout
    stdin, stdout = process.stdin, process.stdout

    async def answer_there(question_id: str) -> float:
        stdin.write(f"{question_id}\n".encode())
        await stdin.drain()
        return float(await stdout.readline())

    try:
        yield answer_there
    finally:
        stdin.close()
        await process.wait()


async def _until_there(service: Service, way: Callable[[str], Awaitable[float]]) -> float:
    """Seconds from the click until the answer is in the widget."""
    conversation_id, question_id = await _asked(service)
    headers = {"Authorization": f"Bearer {service.app[SESSIONS].sign(conversation_id)}"}
    async with (
        aiohttp.ClientSession(service.url) as http,
        http.get("/api/events?after=2", headers=headers) as stream,
    ):
        arriving = asyncio.create_task(_arrived(stream))
        await asyncio.sleep(0.05)  # until the stream waits for news
        clicked = await way(question_id)
        return await arriving - clicked


async def _arrived(stream: aiohttp.ClientResponse) -> float:
    while line := await stream.content.readline():
        if line.startswith(b"data:") and b'"leader"' in line:
            return time.monotonic()
    raise AssertionError("the stream has ended")


async def _asked(service: Service) -> tuple[str, str]:
    conversation_id, now = str(uuid4()), datetime.now(UTC)
    async with service.database.writing() as session:
        transcript = Transcript(session, conversation_id)
        await transcript.open("web", now)
        received = await transcript.receive("Is Gift Aid possible?", None, None, now)
        await transcript.answer(received, [Message(0, "assistant", "I pass it on.")], now)
        handover = Handover("left_open", "Is Gift Aid possible?", service.hub_id, conversation_id, shares=(1, 2))
        hours = OfficeHours.parse("09:00-17:00")
        question = await ask(session, handover, now, SilentQuestionNotices(), hours=hours, answer_days=2)
        await session.commit()
    return conversation_id, question.id


async def _look(database: Database) -> float:
    """Seconds that a look takes, the median."""
    ids = [str(uuid4()) for _ in range(STREAMS)]
    taken = []
    async with database.writing() as session:
        for id_ in ids:
            transcript = Transcript(session, id_)
            await transcript.open("web", datetime.now(UTC))
            await transcript.say([Message(0, "assistant", f"{n}") for n in range(20)], 0, datetime.now(UTC))
        await session.commit()
    for _ in range(_LOOKS):
        began = time.perf_counter()
        async with database.reading() as session:
            await last_numbers(session, ids)
        taken.append(time.perf_counter() - began)
    return median(taken)
