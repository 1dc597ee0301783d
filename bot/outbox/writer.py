"""Mails that are written when they leave, because kept whole there would be too many of them."""

from typing import Protocol

from bot.outbox.leasing import Leased


class Writer(Protocol):
    """Writes the mails of a kind, such as letters."""

    async def write(self, mail: Leased) -> Leased:
        """The mail with its subject, text, HTML and attachments.

        Raises NotSent where it cannot be written, Withheld where it is not to leave any more, and Postponed where not now.
        """
