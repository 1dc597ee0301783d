"""Wakes the workers of this process when mail was put into the outbox here; those of other processes look by themselves."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

_ears: set[asyncio.Event] = set()


@contextmanager
def listening() -> Iterator[asyncio.Event]:
    """An event that is set when there is mail; the listener clears it."""
    ear = asyncio.Event()
    _ears.add(ear)
    try:
        yield ear
    finally:
        _ears.discard(ear)


def wake_after_commit(session: AsyncSession) -> None:
    """Wakes whoever listens, once the transaction of ``session`` is kept: before, they would find nothing."""
    event.listen(session.sync_session, "after_commit", _wake, once=True)


def _wake(_session: Any) -> None:
    for ear in _ears:
        ear.set()
