"""Links that work once: a member of staff shows with one that mail to their address of record reaches them."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.staff.member import Member
from bot.store.tables import SignInRow

MINUTES = 15
"""How long a link works."""

_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Whose link it is (``Member.ref``); ``account_id``: the chat account that it joins to them, None for the desk."""

    member: str
    account_id: str | None


class SignInRefused(Exception):
    """The link lets nobody in; the text is a sentence for whoever holds it."""


async def issue(session: AsyncSession, member: Member, now: datetime, account_id: str | None = None) -> str:
    """Makes a link and returns its token: letters, digits, ``-`` and ``_``. Only a hash of it is kept."""
    token = secrets.token_urlsafe(32)
    await session.execute(
        insert(SignInRow).values(
            token_hash=_hash(token),
            member=member.ref,
            account_id=account_id,
            created_at=now,
            ends_at=now + timedelta(minutes=MINUTES),
            used_at=None,
        )
    )
    return token


async def look(session: AsyncSession, token: str, now: datetime) -> SignIn:
    """Whose link it is; uses nothing up. Raises SignInRefused."""
    row = await session.get(SignInRow, _hash(token))
    if row is None:
        raise SignInRefused("This link does not work: it may have been cut short on its way.")
    if row.used_at is not None:
        raise SignInRefused("This link has been used: each works once.")
    if row.ends_at <= now:
        raise SignInRefused(f"This link is too old: each works for {MINUTES} minutes.")
    return SignIn(row.member, row.account_id)


async def redeem(session: AsyncSession, token: str, now: datetime) -> SignIn:
    """Uses the link up; of two at once, one has it. Raises SignInRefused."""
    row = SignInRow
    used = await session.execute(
        update(row)
        .where(row.token_hash == _hash(token), row.used_at.is_(None), row.ends_at > now)
        .values(used_at=now)
        .returning(row.member, row.account_id)
        .execution_options(synchronize_session=False)
    )
    if (found := used.one_or_none()) is None:
        await look(session, token, now)
        raise SignInRefused("This link has been used: each works once.")
    return SignIn(found.member, found.account_id)


async def forget(session: AsyncSession, now: datetime) -> None:
    """Removes the links that ended a day ago or longer."""
    await session.execute(delete(SignInRow).where(SignInRow.ends_at < now - _KEPT))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
