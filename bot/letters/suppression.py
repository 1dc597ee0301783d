"""Addresses to which no letter goes any more. What is kept of them cannot be read back, so it stays when a person is erased."""

import hashlib
import hmac
from collections.abc import Collection
from datetime import datetime
from itertools import batched
from typing import Literal

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.inserting import insert_once
from bot.store.tables import SuppressionRow

Reason = Literal["unsubscribed", "bounced", "erased"]


class Suppression:
    """The list, its hashes keyed with ``secret``."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"psqm suppression", hashlib.sha256)

    async def add(self, session: AsyncSession, email: str, reason: Reason, now: datetime) -> None:
        """Puts an address on the list, where the first reason stands. The caller commits."""
        row = {"address_hash": self._hash(email), "reason": reason, "since": now}
        await session.execute(insert_once(session, SuppressionRow, row, unique=["address_hash"]))

    async def holds(self, session: AsyncSession, email: str) -> bool:
        """Whether this address is on the list."""
        return bool(await session.scalar(select(exists().where(SuppressionRow.address_hash == self._hash(email)))))

    async def among(self, session: AsyncSession, emails: Collection[str]) -> set[str]:
        """Those of ``emails`` that are on the list."""
        hashed = {self._hash(email): email for email in emails}
        found: set[str] = set()
        for some in batched(hashed, 500, strict=False):
            rows = await session.scalars(
                select(SuppressionRow.address_hash).where(SuppressionRow.address_hash.in_(some))
            )
            found.update(hashed[row] for row in rows)
        return found

    def _hash(self, email: str) -> str:
        return hmac.digest(self._key, email.strip().lower().encode(), hashlib.sha256).hex()
