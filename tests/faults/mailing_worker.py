"""What sends letters, and what begins a mailing, in processes of their own, for tests that kill them."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

from bot.letters.mailing.mailings import begin
from bot.letters.mailing.releasing import releasing
from bot.letters.mailing.writer import written_by
from bot.outbox.smtp import Smtp
from bot.outbox.smtp_server import SmtpServer
from bot.outbox.worker import Worker
from bot.store.database import Database
from tests.mailings import NOW, TODAY, people, planned, releaser, writer
from tests.mails import SENDER

_LEASE = timedelta(seconds=0.3)  # short, so that the test need not wait for it: each worker is alone
_nursery = multiprocessing.get_context("forkserver")  # imports this module once, not once a worker
_nursery.set_forkserver_preload([__name__])


@asynccontextmanager
async def killed_at_the_end(database_url: str, port: int) -> AsyncIterator[None]:
    """Releases and sends, and ends by SIGKILL."""
    process = _nursery.Process(target=_send, args=(database_url, port))
    process.start()
    try:
        yield
    finally:
        await _kill(process)


async def begun_and_killed_after(seconds: float, database_url: str, cohort_id: str, first: int, count: int) -> None:
    """Begins a mailing to ``count`` people, and is killed so long after it set about writing it."""
    ours, theirs = _nursery.Pipe()
    process = _nursery.Process(target=_begin, args=(theirs, database_url, cohort_id, first, count))
    process.start()
    await asyncio.to_thread(ours.recv)
    await asyncio.sleep(seconds)
    await _kill(process)


async def _kill(process: ForkServerProcess) -> None:
    process.kill()
    await asyncio.to_thread(process.join)


def _send(database_url: str, port: int) -> None:
    async def send() -> None:
        database = Database(database_url)
        transport = Smtp(SmtpServer("127.0.0.1", port, "offered"))
        worker = Worker(database, transport, SENDER, lease=_LEASE, poll_seconds=0.05, writers=written_by(writer()))
        async with releasing(releaser(database)):
            await worker.run()

    asyncio.run(send())


def _begin(parent: Connection, database_url: str, cohort_id: str, first: int, count: int) -> None:
    async def start() -> None:
        database = Database(database_url)
        plan = await planned(database, cohort_id, people(count, first))
        parent.send("ready")
        async with database.writing() as session:
            await begin(session, plan, rate=60, attach=False, dated=TODAY, now=NOW)
            await session.commit()
        await asyncio.sleep(60)

    asyncio.run(start())
