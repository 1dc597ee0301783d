"""How members of staff hear of something: by mail, unless a channel that they chose takes its place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.outbox.mail import Mail
from bot.outbox.queue import enqueue


@dataclass(frozen=True, slots=True)
class About:
    """What the news is about, by kind and id; ``what`` happened, such as ``registered``; ``text``: what somebody wrote."""

    kind: Literal["registration", "question"]
    id: str
    what: str
    text: str = ""


class Telling(Protocol):
    """Tells one member of staff at a time, in the transaction of what happened."""

    async def tell(self, session: AsyncSession, mail: Mail, about: About, now: datetime) -> None:
        """Makes sure that the recipient of ``mail`` (an address of record) hears of it: by this mail, or in another place."""

    async def changed(self, session: AsyncSession, about: About, now: datetime) -> None:
        """What was told before is out of date: whatever can be changed shows how it is now."""


class ByMail:
    """Everybody gets mail, and mail stays as it is."""

    async def tell(self, session: AsyncSession, mail: Mail, about: About, now: datetime) -> None:
        await enqueue(session, mail, now)

    async def changed(self, session: AsyncSession, about: About, now: datetime) -> None:
        pass
