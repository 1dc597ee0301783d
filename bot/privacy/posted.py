"""What was posted to members of staff about a person, and what arrived from them: taken back, and let go when its time is over."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.posts.queue import Subject, refresh
from bot.privacy.erasing import delete_rows
from bot.privacy.holdings import Holdings
from bot.store.tables import ChatEventRow, ChatPostRow

HANDLED_DAYS = 7
"""So long it is known that an event was handled: far longer than a platform delivers it again."""

_TAKING_BACK = timedelta(days=30)
"""So long a post is known after its subject is gone, so that what it shows can be taken back."""


async def take_back(session: AsyncSession, held: Holdings, question_ids: Collection[str], now: datetime) -> int:
    """Removes what has not been posted and names the person; what was posted shows nothing of them any more.

    Returns how many rows went.
    """
    subjects = [Subject("registration", id_) for id_ in held.registrations]
    subjects += [Subject("question", id_) for id_ in question_ids]
    about = {(subject.kind, subject.id) for subject in subjects}
    row = ChatPostRow
    waiting = await session.scalars(select(row).where(row.state.in_(("queued", "waiting", "in_flight"))))
    named = [
        post.id
        for post in waiting
        if (post.subject_kind, post.subject_id) in about
        or held.names_person(json.dumps([post.content, post.fallback], ensure_ascii=False))
    ]
    gone = await delete_rows(session, row, row.id.in_(named))
    event = ChatEventRow
    kept = await session.scalars(select(event).where(event.payload.is_not(None)))
    heard = [each.id for each in kept if held.names_person(json.dumps(each.payload, ensure_ascii=False))]
    gone += await delete_rows(session, event, event.id.in_(heard))
    await show_erased(session, subjects, now)
    return gone


async def show_erased(session: AsyncSession, subjects: Collection[Subject], now: datetime) -> None:
    """What was posted about these shows how things are now, or that they are gone; words below it go."""
    for subject in subjects:
        await refresh(session, subject, now, is_erased=True)


async def retire_chat(session: AsyncSession, now: datetime, before: datetime) -> None:
    """Forgets events that arrived a week ago, and posts from before ``before`` that are settled."""
    event, post = ChatEventRow, ChatPostRow
    await delete_rows(session, event, event.received_at < now - timedelta(days=HANDLED_DAYS))
    is_settled = post.state.in_(("sent", "failed", "withheld"))
    await delete_rows(session, post, (post.created_at < before - _TAKING_BACK) & is_settled)
