"""Sends what is in the outbox, one mail after the other, until it is told to stop. Several workers may run.

What became of a mail is noted before the next one is sent, so that a worker that is killed leaves one mail of which nobody
knows whether it went: that one goes again when its lease ends, with the same Message-ID.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outbox.leasing import Leased, is_any_due, settle, take
from bot.outbox.mime import Composed, Sender, compose
from bot.outbox.reserved import is_for_examples
from bot.outbox.retry import Decision, Fault, NotSent, Postponed, Withheld, decide
from bot.outbox.transport import Transport
from bot.outbox.wake import listening
from bot.outbox.writer import Writer, Writing
from bot.store.database import Database, StoreUnavailable

LEASE = timedelta(seconds=120)
"""Longer than a transport may take for a message (``smtp.MESSAGE_SECONDS``)."""
POLL_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 60.0
_NOTING_PAUSE_SECONDS = 0.5

_log = structlog.get_logger("psqm.outbox")


@dataclass(frozen=True, slots=True)
class _Taken:
    """A mail to be sent now, and what writes it, if anything has to."""

    mail: Leased
    writing: Writing | None


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What came of sending a mail; ``fault`` is None when nothing is wrong."""

    mail: Leased
    decision: Decision
    fault: Fault | None = None


class Worker:
    """Takes mails from ``database`` and hands them to ``transport``; ``count`` is told the state of each afterwards.

    ``writers`` write the mails of their kinds when these leave.
    """

    def __init__(
        self,
        database: Database,
        transport: Transport,
        sender: Sender,
        *,
        lease: timedelta = LEASE,
        poll_seconds: float = POLL_SECONDS,
        writers: Mapping[str, Writer] | None = None,
        count: Callable[[str], None] = lambda _state: None,
    ) -> None:
        self._database = database
        self._transport = transport
        self._sender = sender
        self._lease = lease
        self._poll_seconds = poll_seconds
        self._writers = writers or {}
        self._count = count
        self._owner = str(uuid4())
        self._stopping = asyncio.Event()
        self._server_faults = 0

    def stop(self) -> None:
        """Ends ``run`` after the mail that is being sent."""
        self._stopping.set()

    async def run(self) -> None:
        """Sends until ``stop``. Whatever goes wrong is logged, and it goes on."""
        with listening() as mail_arrived:
            while not self._stopping.is_set():
                mail_arrived.clear()
                await self._work_off_whatever_happens()
                if self._server_faults:
                    await self._rest(self._stopping, self._pause_seconds())
                else:
                    await self._rest(mail_arrived, self._poll_seconds)
        await self._transport.rest()

    async def work_off(self) -> None:
        """Sends everything that is due now, or until the mail server has trouble. Raises StoreUnavailable."""
        taken = await self._take_first()
        while taken:
            attempt = await self._try(taken)
            self._watch_server(attempt.fault)
            goes_on = attempt.fault != "server" and not self._stopping.is_set()
            taken = await self._note(attempt, take_next=goes_on)

    async def _work_off_whatever_happens(self) -> None:
        try:
            await self.work_off()
            if not self._stopping.is_set():
                await self._transport.rest()
        except StoreUnavailable as error:
            _log.warning("the outbox cannot be read", reason=str(error))
        except Exception as error:
            # The type alone: an error's text may hold what must not be logged.
            _log.error("the outbox worker stumbled", error=type(error).__name__)

    async def _take_first(self) -> _Taken | None:
        async with self._database.reading() as session:
            if not await is_any_due(session, _now()):
                return None
        async with self._database.writing() as session:
            taken = await self._take(session)
            await session.commit()
            return taken

    async def _take(self, session: AsyncSession) -> _Taken | None:
        mail = await take(session, self._owner, _now(), _now() + self._lease)
        if mail is None:
            return None
        writer = self._writers.get(mail.kind)
        if writer is None:
            return _Taken(mail, None)
        try:
            return _Taken(mail, await writer.read(session, mail))
        except (StoreUnavailable, SQLAlchemyError, OSError):
            raise
        except Exception as error:  # must not take back the note on the mail before, which would be sent again
            return _Taken(mail, _cannot(error))

    async def _try(self, taken: _Taken) -> _Attempt:
        mail = taken.mail
        if self._transport.reaches_people and is_for_examples(mail.recipient):
            return _Attempt(mail, Decision("withheld", _now(), "an address for examples: nobody would read it"))
        try:
            await self._transport.send(await self._message(taken))
        except NotSent as problem:
            return _failed(mail, problem)
        except Withheld as why:
            return _Attempt(mail, Decision("withheld", _now(), str(why)))
        except Postponed as why:
            return _Attempt(mail, Decision("waiting", why.until, str(why)))
        except Exception as error:
            return _failed(
                mail, NotSent("later", f"something unexpected happened ({type(error).__name__})", str(error))
            )
        return _Attempt(mail, Decision("sent", _now()))

    async def _message(self, taken: _Taken) -> Composed:
        mail = taken.mail
        if taken.writing:
            mail = await taken.writing()
        elif not (mail.text or mail.html):
            raise NotSent(
                "later", "this mail is written when it leaves, and this worker cannot write it: start the newest"
            )
        return compose(mail, self._sender)

    async def _note(self, attempt: _Attempt, take_next: bool) -> _Taken | None:
        """Writes down what came of an attempt and takes the next mail, in one transaction.

        It tries until the database is back: what was sent and is not noted would be sent again. Should taking the next one fail
        in another way, noting comes first.
        """
        while True:
            try:
                async with self._database.writing() as session:
                    noted = await settle(session, attempt.mail.id, self._owner, attempt.decision, _now())
                    taken = await self._take(session) if take_next else None
                    await session.commit()
            except StoreUnavailable:
                if self._stopping.is_set():
                    raise
                await self._rest(self._stopping, _NOTING_PAUSE_SECONDS)
            except Exception:
                if not take_next:
                    raise
                take_next = False
            else:
                self._tell(attempt, noted)
                return taken

    def _tell(self, attempt: _Attempt, noted: bool) -> None:
        mail, decision = attempt.mail, attempt.decision
        about = {"mail": mail.id, "kind": mail.kind, "attempt": mail.attempts}
        if not noted:
            _log.warning("a mail took longer than its lease and may be sent twice", **about)
            return
        self._count(decision.state)
        if decision.state == "failed":
            _log.error("a mail cannot be delivered: see `psqm outbox list --failed`", **about)
        else:
            _log.info("mail tried", state=decision.state, **about)

    def _watch_server(self, fault: Fault | None) -> None:
        if fault == "server":
            self._server_faults += 1
            if self._server_faults == 1:
                _log.warning("no mail can be sent for now: see `psqm outbox list`")
        elif self._server_faults:
            self._server_faults = 0
            _log.info("mail can be sent again")

    def _pause_seconds(self) -> float:
        return min(2.0 ** min(self._server_faults - 1, 16), LONGEST_PAUSE_SECONDS)

    async def _rest(self, until: asyncio.Event, seconds: float) -> None:
        """Waits for ``until``, for the end, or for ``seconds``."""
        waits = [asyncio.create_task(event.wait()) for event in {until, self._stopping}]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


@asynccontextmanager
async def working(worker: Worker, patience_seconds: float = 5.0) -> AsyncIterator[None]:
    """Runs ``worker`` beside something else. In the end it gets ``patience_seconds`` for the mail that it is sending."""
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        _, late = await asyncio.wait([task], timeout=patience_seconds)
        for task in late:
            task.cancel()
            await asyncio.wait([task])


def _cannot(problem: Exception) -> Writing:
    async def fail() -> Leased:
        raise problem

    return fail


def _failed(mail: Leased, problem: NotSent) -> _Attempt:
    jitter = random.random()  # noqa: S311
    return _Attempt(mail, decide(problem, mail.attempts, _now(), jitter), problem.fault)


def _now() -> datetime:
    return datetime.now(UTC)
