"""Wakes whoever waits for news of a conversation."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

_bells: WeakSet["Bell"] = WeakSet()


class Bell:
    """Rung with a conversation's id; everybody who listens to that conversation hears it."""

    def __init__(self) -> None:
        self._ears: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self.is_closed = False
        _bells.add(self)

    def ring(self, conversation_id: str) -> None:
        for ear in self._ears.get(conversation_id, ()):
            ear.set()

    def close(self) -> None:
        """Wakes everybody for good: the service stops."""
        self.is_closed = True
        for conversation_id in self.listened():
            self.ring(conversation_id)

    @contextmanager
    def listening(self, conversation_id: str) -> Iterator[asyncio.Event]:
        """An event that is set when the bell rings; the listener clears it."""
        ear = asyncio.Event()
        self._ears[conversation_id].add(ear)
        try:
            yield ear
        finally:
            self._ears[conversation_id].discard(ear)
            if not self._ears[conversation_id]:
                del self._ears[conversation_id]

    def listeners(self, conversation_id: str) -> int:
        return len(self._ears.get(conversation_id, ()))

    def listened(self) -> list[str]:
        """The conversations that somebody listens to."""
        return list(self._ears)


def ring_after_commit(session: AsyncSession, conversation_id: str) -> None:
    """Rings every bell of this process once the transaction of ``session`` is kept: before, nobody would find anything.

    So whoever makes a person speak in a conversation, through whichever door, needs to know nothing of bells.
    """

    def ring(_session: Any) -> None:
        for bell in list(_bells):
            bell.ring(conversation_id)

    event.listen(session.sync_session, "after_commit", ring, once=True)
