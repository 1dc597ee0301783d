"""Puts posts into the outbox of Slack and Teams, in the transaction of whatever caused them."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outbox.mail import Mail
from bot.posts.account import Account
from bot.posts.fallback import kept
from bot.store.inserting import insert_once
from bot.store.tables import ChatPostRow
from bot.store.waking import Waking

UPDATE = "update"
"""The kind of posts that show anew what was posted before."""
NOTICE = "notice"
"""The kind of posts that are words to an account, about nothing that is kept."""

arrivals = Waking()


class Subject(NamedTuple):
    """What a post is about, such as ``registration`` and its id."""

    kind: str
    id: str


async def enqueue(
    session: AsyncSession,
    account: Account,
    key: str,
    kind: str,
    subject: Subject,
    content: dict[str, Any],
    now: datetime,
    fallback: Mail | None = None,
) -> bool:
    """Writes a post to ``account``; it leaves once the caller's transaction is kept.

    False, and nothing is done, when a post to them with this key is there already. The key may have 210 characters.
    """
    values = {
        "key": f"{account.id}:{key}",
        "platform": account.platform,
        "account_id": account.id,
        "kind": kind,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "content": content,
        "fallback": kept(fallback) if fallback else None,
        "state": "queued",
        "attempts": 0,
        "next_at": now,
        "last_error": "",
        "created_at": now,
    }
    inserting = insert_once(session, ChatPostRow, values, unique=["key"]).returning(ChatPostRow.id)
    is_new = await session.scalar(inserting) is not None
    if is_new:
        arrivals.after_commit(session)
    return is_new


async def notify(session: AsyncSession, account: Account, key: str, text: str, now: datetime) -> bool:
    """Says ``text`` to an account."""
    return await enqueue(session, account, key, NOTICE, Subject("account", account.id), {"headline": text}, now)


async def refresh(session: AsyncSession, subject: Subject, now: datetime, *, is_erased: bool = False) -> int:
    """Shows anew what was posted about ``subject``, as it is when the update leaves; returns how many posts that are.

    Also of posts that have not left: a worker may be about to post what it read before this transaction. ``is_erased``: also
    what else was said below them goes, since it may name somebody.
    """
    row = ChatPostRow
    about = (row.subject_kind == subject.kind, row.subject_id == subject.id, row.kind != UPDATE)
    posts = (await session.scalars(select(row).where(*about, row.state.not_in(("failed", "withheld"))))).all()
    to_do = [post for post in posts if is_erased or post.state != "sent" or post.content.get("is_card")]
    for post in to_do:
        values = {
            "key": f"{UPDATE}:{post.id}:{now:%Y%m%dT%H%M%S.%f}",
            "platform": post.platform,
            "account_id": post.account_id,
            "kind": UPDATE,
            "subject_kind": subject.kind,
            "subject_id": subject.id,
            "content": {"post": post.id} | ({"is_erased": True} if is_erased else {}),
            "state": "queued",
            "attempts": 0,
            "next_at": now,
            "last_error": "",
            "created_at": now,
        }
        await session.execute(insert_once(session, row, values, unique=["key"]))
    if to_do:
        arrivals.after_commit(session)
    return len(to_do)
