"""Keeps what arrives at the same time in one transaction: thirty commits, one after the other, would take the longest part of
what a platform waits for."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.chat.inbox import keep
from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class _Waiting:
    platform: str
    key: str
    payload: dict[str, Any]
    is_new: asyncio.Future[bool]


class Keeper:
    """Whatever arrives while a transaction is being kept goes into the next one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Waiting] = []
        self._keeping: asyncio.Task[None] | None = None

    async def keep(self, platform: str, key: str, payload: dict[str, Any]) -> bool:
        """Returns once it is kept for good, as ``bot.chat.inbox.keep`` does. Raises StoreUnavailable."""
        is_new: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(platform, key, payload, is_new))
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.create_task(self._keep_all())
        return await is_new

    async def _keep_all(self) -> None:
        while self._waiting:
            some, self._waiting = sorted(self._waiting, key=_order), []
            try:
                kept = await self._keep(some)
            except Exception as error:
                for each in some:
                    if not each.is_new.done():
                        each.is_new.set_exception(error)
            else:
                for each, is_new in zip(some, kept, strict=True):
                    if not each.is_new.done():  # whoever asked may have gone meanwhile
                        each.is_new.set_result(is_new)

    async def _keep(self, some: list[_Waiting]) -> list[bool]:
        async with self._database.writing() as session:
            now = datetime.now(UTC)
            kept = [await keep(session, each.platform, each.key, each.payload, now) for each in some]
            await session.commit()
        return kept


def _order(waiting: _Waiting) -> tuple[str, str]:
    # Two processes that are sent the same events would wait for each other if each kept them in an order of its own.
    return waiting.platform, waiting.key
