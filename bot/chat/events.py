"""Handles what arrived from Slack and Teams, several at once, until it is told to stop. Several workers may run.

A worker that is killed leaves what it was handling, which another takes when the lease ends: whatever handling does, it does
once, by the keys of what arrived and under the locks of what it changes.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from bot.chat.inbox import Arrived, arrivals, is_any_due, keep, postpone, settle, take
from bot.outbox.retry import pause_after
from bot.store.database import Database, StoreUnavailable

__all__ = ["EventWorker", "Handler", "handling", "keep"]

type Handler = Callable[[dict[str, Any]], Awaitable[object]]
"""Does what an event asks for, and answers where it came from; whatever it raises, it is asked again later."""

LEASE = timedelta(seconds=120)
"""Longer than the greeting and an answer of the engine, and what the platform may take for the reply."""
AT_ONCE = 8
"""Events that one process handles at a time: most of the time they wait, for the engine or for the platform."""
POLL_SECONDS = 5.0
MOST_ATTEMPTS = 8
"""With the pauses of the outbox about an hour: nobody waits longer for the answer to a chat message."""

_log = structlog.get_logger("psqm.chat")


class EventWorker:
    """Takes events from ``database`` and gives each to the handler of its platform."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        *,
        lease: timedelta = LEASE,
        poll_seconds: float = POLL_SECONDS,
        at_once: int = AT_ONCE,
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._lease = lease
        self._poll_seconds = poll_seconds
        self._places = asyncio.Semaphore(at_once)
        self._working: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ends ``run`` after what is being handled."""
        self._stopping.set()

    async def run(self) -> None:
        """Handles until ``stop``. Whatever goes wrong is logged, and it goes on."""
        with arrivals.listening() as arrived:
            while not self._stopping.is_set():
                arrived.clear()
                try:
                    await self._begin_all()
                except StoreUnavailable as error:
                    _log.warning("what arrived from chat waits for the database", reason=str(error))
                except Exception as error:
                    # The type alone: an error's text may hold what must not be logged.
                    _log.error("the worker for chat stumbled", error=type(error).__name__)
                await self._rest(arrived)
        if self._working:
            await asyncio.wait(self._working)

    async def work_off(self) -> None:
        """Handles everything that is due now. Raises StoreUnavailable."""
        await self._begin_all()
        if self._working:
            await asyncio.wait(self._working)

    async def _begin_all(self) -> None:
        while not self._stopping.is_set():
            await self._places.acquire()
            try:
                arrived = await self._take()
            except BaseException:
                self._places.release()
                raise
            if arrived is None:
                self._places.release()
                return
            task = asyncio.create_task(self._handle(arrived))
            self._working.add(task)
            task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        self._places.release()

    async def _take(self) -> Arrived | None:
        platforms = list(self._handlers)
        async with self._database.reading() as session:
            if not await is_any_due(session, platforms, _now()):
                return None
        async with self._database.writing() as session:
            arrived = await take(session, platforms, _now(), _now() + self._lease)
            await session.commit()
        return arrived

    async def _handle(self, arrived: Arrived) -> None:
        about = {"event": arrived.id, "platform": arrived.platform}
        try:
            try:
                await self._handlers[arrived.platform](arrived.payload)
            except Exception as error:
                await self._note_trouble(arrived, type(error).__name__)
            else:
                async with self._database.writing() as session:
                    await settle(session, arrived, "done", _now())
                    await session.commit()
                _log.info("chat event handled", **about)
        except StoreUnavailable as error:  # it is taken again when its lease ends
            _log.warning("what became of a chat event could not be noted", reason=str(error), **about)
        except Exception as error:
            _log.error("the worker for chat stumbled", error=type(error).__name__, **about)

    async def _note_trouble(self, arrived: Arrived, kind: str) -> None:
        about = {"event": arrived.id, "platform": arrived.platform, "attempt": arrived.attempts, "error": kind}
        is_over = arrived.attempts >= MOST_ATTEMPTS
        async with self._database.writing() as session:
            if is_over:
                await settle(session, arrived, "failed", _now(), kind)
            else:
                pause = pause_after(arrived.attempts, random.random())  # noqa: S311
                await postpone(session, arrived, _now() + pause, kind)
            await session.commit()
        if is_over:
            _log.error("a chat event could not be handled, and is given up", **about)
        else:
            _log.warning("a chat event waits to be handled again", **about)

    async def _rest(self, arrived: asyncio.Event) -> None:
        waits = [asyncio.create_task(event.wait()) for event in (arrived, self._stopping)]
        try:
            await asyncio.wait(waits, timeout=self._poll_seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


@asynccontextmanager
async def handling(worker: EventWorker, patience_seconds: float = 5.0) -> AsyncIterator[None]:
    """Runs ``worker`` beside something else. In the end it gets ``patience_seconds`` for what it is handling."""
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        _, late = await asyncio.wait([task], timeout=patience_seconds)
        for each in late:
            each.cancel()
            await asyncio.wait([each])


def _now() -> datetime:
    return datetime.now(UTC)
