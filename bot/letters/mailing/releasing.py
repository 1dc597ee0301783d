"""Lets the planned letters of mailings go into the outbox, at the mailing's rate and in the hours for letters.

Several may do it at once, in one process or in many: each takes the mailing's row for itself while it releases, and the row
says when the next letter is due.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.following_up.registered import registered_among
from bot.letters.mailing.hours import LetterHours
from bot.letters.mailing.mailings import failed_in_a_row, hub_of, pause
from bot.letters.mailing.pacing import due
from bot.letters.mailing.posting import LetterPost, PostKind
from bot.letters.mailing.troubled import WHY, Office
from bot.letters.problems import LetterProblem
from bot.letters.reading import as_letter, letters
from bot.letters.suppression import Suppression
from bot.store.database import Database, StoreUnavailable
from bot.store.tables import LetterRow, MailingRow, OutboxRow

TICK_SECONDS = 0.5
IDLE_SECONDS = 5.0
_AT_ONCE = 200
"""Letters that one transaction releases at most, so that nobody else waits for long."""
_LEAST_BACKLOG = 5
_BACKLOG_SHARE = 12
"""Of a minute's letters so small a part may wait in the outbox: when the mail server is away, not more than these pile up."""

_log = structlog.get_logger("psqm.letters")


class Releaser:
    """Releases from ``database`` what is due. ``office`` hears of mailings that pause by themselves."""

    def __init__(
        self,
        database: Database,
        post: LetterPost,
        suppression: Suppression,
        hours: LetterHours,
        office: Office,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._post = post
        self._suppression = suppression
        self.hours = hours
        self._office = office
        self._now = now
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ends ``run`` after what it is at."""
        self._stopping.set()

    async def run(self) -> None:
        """Releases until ``stop``. Whatever goes wrong is logged, and it goes on."""
        while not self._stopping.is_set():
            seconds = IDLE_SECONDS
            try:
                seconds = TICK_SECONDS if await self.release_due() else IDLE_SECONDS
            except StoreUnavailable as error:
                _log.warning("letters wait for the database", reason=str(error))
            except LetterProblem as error:
                _log.error("letters are not let go", reason=str(error))
            except Exception as error:
                # The type alone: an error's text may hold what must not be logged.
                _log.error("releasing letters stumbled", error=type(error).__name__)
            try:
                await asyncio.wait_for(self._stopping.wait(), seconds)
            except TimeoutError:
                continue

    async def release_due(self) -> bool:
        """Releases what is due of every mailing; returns whether any mailing is being sent.

        Raises StoreUnavailable; and LetterProblem, with nothing let go, where nobody would be found on the suppression list.
        """
        if not self.hours.are_on(self._now()):
            return False
        async with self._database.reading() as session:
            sending = (await session.scalars(select(MailingRow.id).where(MailingRow.state == "sending"))).all()
        for mailing_id in sending:
            async with self._database.writing() as session:
                await self._release(session, mailing_id, self._now())
                await session.commit()
        return bool(sending)

    async def _release(self, session: AsyncSession, mailing_id: str, now: datetime) -> None:
        row = select(MailingRow).where(MailingRow.id == mailing_id, MailingRow.state == "sending")
        mailing = await session.scalar(row.with_for_update(skip_locked=True))
        if mailing is None or mailing.next_release_at > now:
            return
        if await failed_in_a_row(session, mailing_id):
            await pause(session, mailing_id, WHY)
            await self._office.tell(session, await hub_of(session, mailing_id), mailing_id, now)
            _log.error("a mailing has paused: see `psqm outbox list --failed`", mailing=mailing_id)
            return
        allowed = due(mailing.next_release_at, mailing.rate, now)
        count = min(allowed.count, await _room(session, mailing), _AT_ONCE)
        if count <= 0:
            return
        planned = select(LetterRow.id).where(LetterRow.mailing_id == mailing_id, LetterRow.state == "planned")
        found = (await session.scalars(planned.limit(count + 1))).all()
        kind: PostKind = "letter_attached" if mailing.attach else "letter"
        released = await self._put(session, found[:count], kind, now) if found else 0
        mailing.next_release_at = allowed.until(released)
        if len(found) <= count:
            mailing.state = "done"
            _log.info("every letter of a mailing was let go", mailing=mailing_id)

    async def _put(self, session: AsyncSession, ids: Sequence[str], kind: PostKind, now: datetime) -> int:
        unwanted = await self._unwanted(session, ids)
        if unwanted:
            await _give(session, unwanted, state="dropped")
        wanted = await _give(session, set(ids) - unwanted, state="released", released_at=now)
        rows = await session.execute(letters().where(LetterRow.id.in_(wanted)))
        await self._post.put_all(session, map(as_letter, rows), kind, now)
        return len(wanted)

    async def _unwanted(self, session: AsyncSession, ids: Sequence[str]) -> set[str]:
        """Those whose reader has unsubscribed, or whose school has registered, since they were planned."""
        row = LetterRow
        rows = (await session.execute(select(row.id, row.email, row.urn, row.year).where(row.id.in_(ids)))).all()
        await self._suppression.check(session)
        suppressed = await self._suppression.among(session, {letter.email for letter in rows})
        emails, urns = await registered_among(
            session, rows[0].year, {letter.email for letter in rows}, {letter.urn for letter in rows if letter.urn}
        )
        unwanted = suppressed | emails
        return {letter.id for letter in rows if letter.email in unwanted or letter.urn in urns}


@asynccontextmanager
async def releasing(releaser: Releaser, patience_seconds: float = 5.0) -> AsyncIterator[None]:
    """Runs ``releaser`` beside something else."""
    task = asyncio.create_task(releaser.run())
    try:
        yield
    finally:
        releaser.stop()
        _, late = await asyncio.wait([task], timeout=patience_seconds)
        for task in late:
            task.cancel()
            await asyncio.wait([task])


async def _give(session: AsyncSession, ids: set[str], **values: object) -> list[str]:
    """Changes those letters that are still planned: somebody may have unsubscribed just now."""
    changed = await session.scalars(
        update(LetterRow)
        .where(LetterRow.id.in_(ids), LetterRow.state == "planned")
        .values(**values)
        .returning(LetterRow.id)
        .execution_options(synchronize_session=False)
    )
    return list(changed)


async def _room(session: AsyncSession, mailing: MailingRow) -> int:
    """How many letters may be put into the outbox beside those that wait there for the mail server."""
    waiting = (
        select(func.count())
        .select_from(OutboxRow)
        .join(LetterRow, LetterRow.id == OutboxRow.letter_id)
        .where(OutboxRow.state.in_(("queued", "in_flight")), LetterRow.mailing_id == mailing.id)
        .where(OutboxRow.kind.in_(("letter", "letter_attached")))  # reminders wait there for their turn
    )
    return max(_LEAST_BACKLOG, mailing.rate // _BACKLOG_SHARE) - (await session.scalar(waiting) or 0)
