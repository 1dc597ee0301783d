"""A worker of the outbox in a process of its own, for tests that kill it."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from multiprocessing.context import ForkServerProcess

from bot.outbox.smtp import Smtp
from bot.outbox.smtp_server import SmtpServer
from bot.outbox.worker import Worker
from bot.store.database import Database
from tests.mails import SENDER

_LEASE = timedelta(seconds=0.3)  # short, so that the test need not wait for it: each worker is alone
_nursery = multiprocessing.get_context("forkserver")  # imports this module once, not once a worker
_nursery.set_forkserver_preload([__name__])


@asynccontextmanager
async def killed_at_the_end(database_url: str, port: int) -> AsyncIterator[ForkServerProcess]:
    """Runs a worker, and ends it with SIGKILL."""
    process = _nursery.Process(target=_work, args=(database_url, port))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        await asyncio.to_thread(process.join)


def _work(database_url: str, port: int) -> None:
    transport = Smtp(SmtpServer("127.0.0.1", port, "offered"))
    asyncio.run(Worker(Database(database_url), transport, SENDER, lease=_LEASE, poll_seconds=0.05).run())
