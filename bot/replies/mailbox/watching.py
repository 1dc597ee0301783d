"""Watches the mailbox: at once by IDLE, else by looking from time to time; and again when the connection was lost."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog

from bot.replies.mailbox.imap import Mailbox, MailboxRefused, MailboxTrouble
from bot.replies.mailbox.receiving import receive
from bot.store.database import Database, StoreUnavailable

LOOK_SECONDS = 60.0
"""Between two looks at the latest, also where IDLE works: far below the 29 minutes of RFC 2177 and below what routers forget,
and a mail that arrived while IDLE began waits no longer than this."""
LONGEST_PAUSE_SECONDS = 300.0

_log = structlog.get_logger("psqm.replies")


class MailboxWatcher:
    """Receives mail until told to stop; ``arrived`` is called when something new was kept."""

    def __init__(
        self,
        database: Database,
        connect: Callable[[], Awaitable[Mailbox]],
        arrived: Callable[[], None] = lambda: None,
        *,
        look_seconds: float = LOOK_SECONDS,
        first_pause_seconds: float = 1.0,
    ) -> None:
        self._database = database
        self._connect = connect
        self._arrived = arrived
        self._look_seconds = look_seconds
        self._first_pause_seconds = first_pause_seconds
        self._stopping = asyncio.Event()
        self._mailbox: Mailbox | None = None
        self._troubles = 0

    def stop(self) -> None:
        """Ends ``run`` at once: nothing is lost, as what is not put away is met again."""
        self._stopping.set()
        if self._mailbox:
            self._mailbox.interrupt()

    async def run(self) -> None:
        """Receives until ``stop``. Whatever goes wrong is logged, and it goes on."""
        while not self._stopping.is_set():
            try:
                await self._watch()
            except (MailboxTrouble, StoreUnavailable) as error:
                self._note(error)
            except Exception as error:
                # The type alone: an error's text may hold what must not be logged.
                self._troubles += 1
                _log.error("the mailbox's watcher stumbled", error=type(error).__name__)
            await self._rest(self._pause_seconds())

    async def _watch(self) -> None:
        """Over one connection, until it ends."""
        mailbox = self._mailbox = await self._connect()
        try:
            while not self._stopping.is_set():
                if await receive(self._database, mailbox, datetime.now(UTC)):
                    self._arrived()
                self._work_again()
                if mailbox.can_idle:
                    await asyncio.to_thread(mailbox.idle, self._look_seconds)
                else:
                    await self._rest(self._look_seconds)
        finally:
            self._mailbox = None
            await asyncio.to_thread(mailbox.close)

    def _note(self, error: MailboxTrouble | StoreUnavailable) -> None:
        if self._stopping.is_set():
            return
        self._troubles += 1
        if self._troubles == 1:
            reason = error.summary if isinstance(error, MailboxTrouble) else str(error)
            tell = _log.error if isinstance(error, MailboxRefused) else _log.warning
            tell("replies cannot be read for now: see `psqm replies check`", reason=reason)

    def _work_again(self) -> None:
        if self._troubles:
            self._troubles = 0
            _log.info("replies can be read again")

    def _pause_seconds(self) -> float:
        return min(self._first_pause_seconds * 2.0 ** min(self._troubles, 16), LONGEST_PAUSE_SECONDS)

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass
