"""Addresses to which no letter goes any more. What is kept of them cannot be read back, so it stays when a person is erased."""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Literal, cast

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.problems import LetterProblem
from bot.store.inserting import insert_once
from bot.store.tables import SuppressionRow

Reason = Literal["unsubscribed", "bounced", "erased"]

_MARK_LENGTH = 8
"""Of the 64 hexadecimal digits of an entry the last 8 tell the key; the 224 bits before them, which address."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """That an address is on the list: why, and since when."""

    reason: Reason
    since: datetime


class Suppression:
    """The list, its hashes keyed with ``secret``."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"psqm suppression", hashlib.sha256)
        self._mark = hmac.digest(self._key, b"which key", hashlib.sha256).hex()[:_MARK_LENGTH]

    async def add(self, session: AsyncSession, email: str, reason: Reason, now: datetime) -> None:
        """Puts an address on the list, where the first reason stands. The caller commits."""
        row = {"address_hash": self.hashed(email), "reason": reason, "since": now}
        await session.execute(insert_once(session, SuppressionRow, row, unique=["address_hash"]))

    async def holds(self, session: AsyncSession, email: str) -> bool:
        """Whether this address is on the list."""
        return bool(await session.scalar(select(exists().where(SuppressionRow.address_hash == self.hashed(email)))))

    async def entry(self, session: AsyncSession, email: str) -> Suppressed | None:
        """Why and since when this address is on the list; None when it is not."""
        row = await session.scalar(select(SuppressionRow).where(SuppressionRow.address_hash == self.hashed(email)))
        return Suppressed(cast(Reason, row.reason), row.since) if row else None

    async def among(self, session: AsyncSession, emails: Collection[str]) -> set[str]:
        """Those of ``emails`` that are on the list."""
        hashed = {self.hashed(email): email for email in emails}
        found: set[str] = set()
        for some in batched(hashed, 500, strict=False):
            rows = await session.scalars(
                select(SuppressionRow.address_hash).where(SuppressionRow.address_hash.in_(some))
            )
            found.update(hashed[row] for row in rows)
        return found

    async def check(self, session: AsyncSession) -> None:
        """Raises LetterProblem when the list was written with another secret key: no address would be found on it."""
        of_another_key = ~SuppressionRow.address_hash.endswith(self._mark)
        if await session.scalar(select(exists().where(of_another_key))):
            raise LetterProblem(
                "The list of those who want no letters was made with another secret key, so nobody is found on it:"
                " put the old PSQM_SECRET_KEY, or secret.key in the data folder, back before any letter leaves."
            )

    def hashed(self, email: str) -> str:
        """What the list keeps of an address: 64 hexadecimal digits."""
        whole = hmac.digest(self._key, email.strip().lower().encode(), hashlib.sha256).hex()
        return whole[:-_MARK_LENGTH] + self._mark
