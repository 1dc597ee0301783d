"""Mails that are written when they leave, because kept whole there would be too many of them."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.outbox.leasing import Leased

type Writing = Callable[[], Awaitable[Leased]]
"""Gives the mail with its subject, text, HTML and attachments.

Raises NotSent where it cannot be written, Withheld where it is not to leave any more, and Postponed where not now.
"""


class Writer(Protocol):
    """Writes the mails of a kind, such as letters."""

    async def read(self, session: AsyncSession, mail: Leased) -> Writing:
        """Reads what ``mail`` is written from, in the transaction that takes it: what takes time is left for afterwards."""
