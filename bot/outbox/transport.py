"""How mail leaves, whatever it is that takes it."""

from typing import Protocol

from bot.outbox.mime import Composed


class Transport(Protocol):
    """Sends one message at a time. ``reaches_people``: what it sends arrives in somebody's mailbox."""

    @property
    def reaches_people(self) -> bool: ...

    async def send(self, message: Composed) -> None:
        """Returns once the message is in other hands; raises NotSent."""

    async def rest(self) -> None:
        """There is nothing more to send for now."""
