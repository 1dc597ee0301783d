"""Wakes whoever waits for news of a conversation."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Bell:
    """Rung with a conversation's id; everybody who listens to that conversation hears it."""

    def __init__(self) -> None:
        self._ears: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self.is_closed = False

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
