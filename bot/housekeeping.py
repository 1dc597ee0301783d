"""What the service does by itself from time to time: erase what is old, and pass on places that nobody took.

Several services may run: on PostgreSQL one of them works while the others leave it to that one, and on SQLite they take turns.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.privacy import Elsewhere, retention
from bot.registrations.changing import expire_offers
from bot.registrations.notices import Notices
from bot.settings import Settings
from bot.store.database import Database, StoreUnavailable

FIRST_SECONDS = 60.0
EVERY_SECONDS = 60 * 60.0
"""Once a day would do for erasing; whoever waits for a place should not wait a day longer than they were told."""

_LOCK = 0x50534B50  # "PSKP": the key of the advisory lock

_log = structlog.get_logger(__name__)


async def apply_retention(database: Database, settings: Settings, notices: Notices, now: datetime) -> tuple[int, int]:
    """Erases what is old, a part at a time; returns how many conversations and registrations. Raises StoreUnavailable."""
    conversations = registrations = 0
    elsewhere = Elsewhere.of(settings)
    while True:
        async with database.writing() as session:
            if not await _is_ours(session):
                return conversations, registrations
            retired = await retention(
                session,
                now,
                settings.conversation_days,
                settings.registration_days,
                notices,
                elsewhere,
                offer_days=settings.offer_days,
            )
            await session.commit()
        conversations += retired.conversations
        registrations += retired.registrations
        if retired.is_complete:
            return conversations, registrations


async def pass_on_places(database: Database, settings: Settings, notices: Notices, now: datetime) -> int:
    """Offers places that were not accepted in time to the next schools; returns how many. Raises StoreUnavailable."""
    async with database.writing() as session:
        if not await _is_ours(session):
            return 0
        lapsed = await expire_offers(session, now, notices, offer_days=settings.offer_days)
        await session.commit()
    return lapsed


@asynccontextmanager
async def keeping_house(
    database: Database,
    settings: Settings,
    notices: Notices,
    first_seconds: float = FIRST_SECONDS,
    every_seconds: float = EVERY_SECONDS,
) -> AsyncIterator[None]:
    """Does both beside something else: first after ``first_seconds``, then every ``every_seconds``."""
    task = asyncio.create_task(_keep_house(database, settings, notices, first_seconds, every_seconds))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _keep_house(
    database: Database, settings: Settings, notices: Notices, first_seconds: float, every_seconds: float
) -> None:
    await asyncio.sleep(first_seconds)
    while True:
        for work in (pass_on_places, apply_retention):
            try:
                await work(database, settings, notices, datetime.now(UTC))
            except StoreUnavailable as error:
                _log.warning("housekeeping waits for the database", work=work.__name__, reason=str(error))
            except Exception as error:
                # The type alone: an error's text may hold what must not be logged.
                _log.error("housekeeping stumbled", work=work.__name__, error=type(error).__name__)
        await asyncio.sleep(every_seconds)


async def _is_ours(session: AsyncSession) -> bool:
    """Whether nobody else is at it, in another transaction that still runs."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(await session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}))
