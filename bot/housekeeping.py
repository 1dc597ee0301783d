"""What the service does by itself from time to time: erase what is old, pass on places that nobody took, remind of letters
and of questions.

Several services may run: on PostgreSQL one of them works while the others leave it to that one, and on SQLite they take turns.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.following_up.reminding import AT_ONCE, FollowUp, remind
from bot.letters.problems import LetterProblem
from bot.privacy import Elsewhere, retention
from bot.questions import reminding
from bot.questions.hours import OfficeHours
from bot.questions.notices import QuestionNotices, SilentQuestionNotices
from bot.questions.opening import open_hours
from bot.questions.reminding import Reminded
from bot.registrations.changing import expire_offers
from bot.registrations.notices import Notices
from bot.settings import Settings
from bot.staff import audit, sessions, sign_in
from bot.store.database import Database, StoreUnavailable

FIRST_SECONDS = 60.0
EVERY_SECONDS = 60 * 60.0
"""Once a day would do for erasing; whoever waits for a place should not wait a day longer than they were told, and reminders of
letters are put into the outbox an hour ahead."""

_LOCK = 0x50534B50  # "PSKP": the key of the advisory lock


class Erased(NamedTuple):
    """How many of each were too old to be kept."""

    conversations: int = 0
    registrations: int = 0
    letters: int = 0


type Work = Callable[[datetime], Awaitable[object]]

_log = structlog.get_logger(__name__)


async def apply_retention(database: Database, settings: Settings, notices: Notices, now: datetime) -> Erased:
    """Erases what is old, a part at a time. Raises StoreUnavailable."""
    erased = Erased()
    elsewhere = Elsewhere.of(settings)
    while True:
        async with database.writing() as session:
            if not await _is_ours(session):
                return erased
            retired = await retention(
                session,
                now,
                settings.conversation_days,
                settings.registration_days,
                settings.letter_days,
                notices,
                elsewhere,
                offer_days=settings.offer_days,
            )
            await session.commit()
        erased = Erased(
            erased.conversations + retired.conversations,
            erased.registrations + retired.registrations,
            erased.letters + retired.letters,
        )
        if retired.is_complete:
            return erased


async def pass_on_places(database: Database, settings: Settings, notices: Notices, now: datetime) -> int:
    """Offers places that were not accepted in time to the next schools; returns how many. Raises StoreUnavailable."""
    async with database.writing() as session:
        if not await _is_ours(session):
            return 0
        lapsed = await expire_offers(session, now, notices, offer_days=settings.offer_days)
        await session.commit()
    return lapsed


async def follow_up_letters(database: Database, follow_up: FollowUp, now: datetime) -> int:
    """Reminds of letters that nothing came of, a part at a time; returns how many. Raises StoreUnavailable, LetterProblem."""
    reminded = 0
    while True:
        async with database.writing() as session:
            if not await _is_ours(session):
                return reminded
            part = await remind(session, now, follow_up, AT_ONCE)
            await session.commit()
        reminded += part
        if part < AT_ONCE:
            return reminded


async def remind_of_questions(
    database: Database, hours: OfficeHours, notices: QuestionNotices, now: datetime
) -> Reminded:
    """Reminds of questions that wait too long, a part at a time; returns how many. Raises StoreUnavailable."""
    total = Reminded()
    while True:
        async with database.writing() as session:
            if not await _is_ours(session):
                return total
            part = await reminding.remind(session, now, hours, notices)
            await session.commit()
        total = Reminded(total.reminded + part.reminded, total.escalated + part.escalated)
        if not (part.reminded or part.escalated):
            return total


async def clear_the_desk(database: Database, settings: Settings, now: datetime) -> None:
    """Removes used links, sessions that are over, and old entries of the record. Raises StoreUnavailable."""
    async with database.writing() as session:
        if not await _is_ours(session):
            return
        await sign_in.forget(session, now)
        await sessions.forget(session, now)
        await audit.forget(session, now - timedelta(days=settings.registration_days))
        await session.commit()


@asynccontextmanager
async def keeping_house(
    database: Database,
    settings: Settings,
    notices: Notices,
    follow_up: FollowUp,
    first_seconds: float = FIRST_SECONDS,
    every_seconds: float = EVERY_SECONDS,
    *,
    questions: QuestionNotices | None = None,
) -> AsyncIterator[None]:
    """Does all of it beside something else: first after ``first_seconds``, then every ``every_seconds``. Raises SettingsError."""
    hours = open_hours(settings)
    told = questions or SilentQuestionNotices()
    works: dict[str, Work] = {
        "passing on places": lambda now: pass_on_places(database, settings, notices, now),
        "reminding of questions": lambda now: remind_of_questions(database, hours, told, now),
        "following up letters": lambda now: follow_up_letters(database, follow_up, now),
        "clearing the desk": lambda now: clear_the_desk(database, settings, now),
        "retention": lambda now: apply_retention(database, settings, notices, now),
    }
    task = asyncio.create_task(_keep_house(works, first_seconds, every_seconds))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _keep_house(works: Mapping[str, Work], first_seconds: float, every_seconds: float) -> None:
    await asyncio.sleep(first_seconds)
    while True:
        for name, work in works.items():
            try:
                await work(datetime.now(UTC))
            except StoreUnavailable as error:
                _log.warning("housekeeping waits for the database", work=name, reason=str(error))
            except LetterProblem as error:
                _log.error("letters are not followed up", reason=str(error))
            except Exception as error:
                # The type alone: an error's text may hold what must not be logged.
                _log.error("housekeeping stumbled", work=name, error=type(error).__name__)
        await asyncio.sleep(every_seconds)


async def _is_ours(session: AsyncSession) -> bool:
    """Whether nobody else is at it, in another transaction that still runs."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(await session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}))
