"""Wakes whoever waits for rows, once the transaction that wrote them is kept."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession


class Waking:
    """Reaches those in this process; those in other processes look by themselves."""

    def __init__(self) -> None:
        self._ears: set[asyncio.Event] = set()

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """An event that is set when there is something new; the listener clears it."""
        ear = asyncio.Event()
        self._ears.add(ear)
        try:
            yield ear
        finally:
            self._ears.discard(ear)

    def after_commit(self, session: AsyncSession) -> None:
        """Wakes whoever listens, once the transaction of ``session`` is kept: before, they would find nothing."""
        event.listen(session.sync_session, "after_commit", self._wake, once=True)

    def _wake(self, _session: Any) -> None:
        for ear in self._ears:
            ear.set()
