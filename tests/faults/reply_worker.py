"""Who reads and answers the mailbox, in a process of its own, for tests that kill it."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from multiprocessing.context import ForkServerProcess

from bot.bell import Bell
from bot.conversation import Conversations
from bot.metrics import Metrics
from bot.rasa import Engine
from bot.replies.mailbox.imap import Mailbox
from bot.replies.mailbox.imap_server import ImapServer
from bot.replies.mailbox.watching import MailboxWatcher
from bot.replies.opening import Replies, receiving
from bot.store.database import Database
from tests.fake_engine import SECRET
from tests.replying import Desk, MailingEngine

_LEASE = timedelta(seconds=0.6)  # short, so that the test need not wait for the lease of who was killed
_nursery = multiprocessing.get_context("forkserver")  # imports this module once, not once a worker
_nursery.set_forkserver_preload([__name__])


@asynccontextmanager
async def killed_at_the_end(
    database_url: str, engine_url: str, imap_url: str, most_a_day: int
) -> AsyncIterator[ForkServerProcess]:
    """Runs a reader and a worker, and ends them with SIGKILL."""
    process = _nursery.Process(target=_work, args=(database_url, engine_url, imap_url, most_a_day))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        await asyncio.to_thread(process.join)


def _work(database_url: str, engine_url: str, imap_url: str, most_a_day: int) -> None:
    asyncio.run(_work_on(database_url, engine_url, ImapServer.parse(imap_url), most_a_day))


async def _work_on(database_url: str, engine_url: str, server: ImapServer, most_a_day: int) -> None:
    database, metrics = Database(database_url), Metrics()

    async def connect() -> Mailbox:
        return await asyncio.to_thread(Mailbox.open, server)

    async with Engine(engine_url, SECRET, 5.0, metrics) as engine:
        conversations = Conversations(database, engine, metrics, Bell(), _LEASE)
        worker = Desk(database, MailingEngine(), conversations, most_a_day).worker(lease=_LEASE, poll_seconds=0.05)
        watcher = MailboxWatcher(database, connect, worker.wake, look_seconds=0.2, first_pause_seconds=0.05)
        async with receiving(Replies(watcher, worker)):
            await asyncio.Event().wait()
