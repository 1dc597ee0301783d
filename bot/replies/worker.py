"""Handles the mails that have arrived, one after the other, until it is told to stop. Several workers may run.

A worker that is killed leaves one mail unhandled, which another takes when its lease ends: everything that handling does is
kept at once or not at all, and the conversation answers the same mail once.
"""

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from bot.conversation import ConversationBusy, ConversationUnknown
from bot.outbox.retry import pause_after
from bot.rasa import EngineUnavailable
from bot.replies.handling import Handler
from bot.replies.leasing import Inbound, Outcome, postpone, take
from bot.store.database import Database, StoreUnavailable
from bot.switch import SwitchedOff

LEASE = timedelta(seconds=180)
"""Longer than a greeting and an answer of the engine may take, and the wait for another message of the conversation."""
POLL_SECONDS = 5.0
LONGEST_PAUSE = timedelta(minutes=15)
MOST_STUMBLES = 5

_log = structlog.get_logger("psqm.replies")


class ReplyWorker:
    """Takes mails from ``database``; ``count`` is told the state and verdict of each."""

    def __init__(
        self,
        database: Database,
        handler: Handler,
        *,
        lease: timedelta = LEASE,
        poll_seconds: float = POLL_SECONDS,
        count: Callable[[str, str], None] = lambda _state, _verdict: None,
    ) -> None:
        self._database = database
        self._handler = handler
        self._lease = lease
        self._poll_seconds = poll_seconds
        self._count = count
        self._arrived = asyncio.Event()
        self._stopping = asyncio.Event()

    def wake(self) -> None:
        """There is new mail."""
        self._arrived.set()

    def stop(self) -> None:
        """Ends ``run`` after the mail that is being handled."""
        self._stopping.set()
        self._arrived.set()

    async def run(self) -> None:
        """Handles until ``stop``. Whatever goes wrong is logged, and it goes on."""
        while not self._stopping.is_set():
            self._arrived.clear()
            try:
                await self.work_off()
            except StoreUnavailable as error:
                _log.warning("arrived mail waits for the database", reason=str(error))
            except Exception as error:
                # The type alone: an error's text may hold what must not be logged.
                _log.error("the worker for arrived mail stumbled", error=type(error).__name__)
            await self._rest()

    async def work_off(self) -> int:
        """Handles everything that is due now; returns how many mails that were. Raises StoreUnavailable."""
        handled = 0
        while not self._stopping.is_set() and (inbound := await self._take()):
            if outcome := await self._try(inbound):
                handled += 1
                self._count(outcome.state, outcome.verdict)
                _log.info("mail handled", inbound=inbound.id, state=outcome.state, verdict=outcome.verdict)
        return handled

    async def _take(self) -> Inbound | None:
        async with self._database.writing() as session:
            inbound = await take(session, _now(), _now() + self._lease)
            await session.commit()
        return inbound

    async def _try(self, inbound: Inbound) -> Outcome | None:
        try:
            return await self._handler.handle(inbound, _now())
        except StoreUnavailable:
            raise
        except (EngineUnavailable, ConversationBusy, ConversationUnknown, SwitchedOff) as error:
            await self._postpone(inbound, f"the assistant is not there ({type(error).__name__})")
        except Exception as error:
            why = f"something unexpected happened ({type(error).__name__})"
            _log.error("a mail could not be handled", inbound=inbound.id, error=type(error).__name__)
            if inbound.attempts >= MOST_STUMBLES:
                return await self._handler.give_up(inbound, why, _now())
            await self._postpone(inbound, why)
        return None

    async def _postpone(self, inbound: Inbound, why: str) -> None:
        jitter = random.random()  # noqa: S311
        pause = min(pause_after(inbound.attempts, jitter), LONGEST_PAUSE)
        async with self._database.writing() as session:
            await postpone(session, inbound, _now() + pause, why)
            await session.commit()
        _log.warning("a mail waits to be answered", inbound=inbound.id, attempt=inbound.attempts, reason=why)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._poll_seconds):
                await self._arrived.wait()
        except TimeoutError:
            pass


def _now() -> datetime:
    return datetime.now(UTC)
