"""What people are told about a registration: said here, done elsewhere, in the transaction that caused it."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.registrations.registration import Contact, Place, Registration


class Notices(Protocol):
    """Tells the people concerned; each notice gets the registration as it is after the change."""

    async def registered(self, session: AsyncSession, registration: Registration, now: datetime) -> None:
        """A place is held: at once, or because an offered one was accepted."""

    async def waiting(self, session: AsyncSession, registration: Registration, now: datetime) -> None:
        """There is no place, or no hub (``place`` None): the school is on the waiting list."""

    async def joined(self, session: AsyncSession, registration: Registration, now: datetime, contact: Contact) -> None:
        """``contact`` asked for a school that was registered already, and is now one of its people."""

    async def place_offered(self, session: AsyncSession, registration: Registration, now: datetime) -> None:
        """A place became free and is held for this school until ``offered_until``."""

    async def offer_lapsed(self, session: AsyncSession, registration: Registration, now: datetime) -> None:
        """Nobody accepted the place in time; the school is at the end of the waiting list."""

    async def confirmed(self, session: AsyncSession, registration: Registration, now: datetime) -> None:
        """The hub's leader or the office has confirmed the place."""

    async def corrected(self, session: AsyncSession, registration: Registration, now: datetime) -> None:
        """A person's own details have changed."""

    async def withdrawn(self, session: AsyncSession, registration: Registration, now: datetime) -> None:
        """The school no longer takes part; also when it declined the place that was offered."""

    async def moved(
        self, session: AsyncSession, registration: Registration, now: datetime, before: Place | None
    ) -> None:
        """The school is another hub's now: it holds a place there, or waits there. ``before``: where it was until now."""


class SilentNotices:
    """Tells nobody."""

    async def _nothing(self, *_what: object, **_named: object) -> None:
        pass

    registered = waiting = joined = place_offered = offer_lapsed = confirmed = corrected = withdrawn = moved = _nothing
