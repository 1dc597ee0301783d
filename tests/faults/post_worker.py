"""A worker for posts in a process of its own, which notes each post in a file and waits there to be killed."""

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from bot.posts.poster import Outgoing, Reference
from bot.posts.worker import PostWorker
from bot.store.database import Database
from tests.chat_desk import PUBLIC_URL

_LEASE = timedelta(seconds=0.3)  # short, so that the test need not wait for it: each worker is alone
_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload([__name__])


class _Wall:
    """Posts to a file; with ``hangs`` it never says that it did."""

    def __init__(self, path: Path, hangs: bool) -> None:
        self._path = path
        self._hangs = hangs

    async def post(self, post: Outgoing) -> Reference:
        with self._path.open("a") as wall:
            wall.write(f"{post.key}\n")
        if self._hangs:
            time.sleep(60)  # noqa: ASYNC251
        return {"ts": post.key}


@asynccontextmanager
async def killed_at_the_end(database_url: str, wall: Path, *, hangs: bool) -> AsyncIterator[ForkServerProcess]:
    """Runs a worker, and ends it with SIGKILL."""
    process = _nursery.Process(target=_work, args=(database_url, wall, hangs))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        await asyncio.to_thread(process.join)


def _work(database_url: str, wall: Path, hangs: bool) -> None:
    worker = PostWorker(
        Database(database_url), {"slack": _Wall(wall, hangs)}, PUBLIC_URL, lease=_LEASE, poll_seconds=0.05
    )
    asyncio.run(worker.run())
