"""Members of staff who have linked Slack or Teams hear of things there; everybody else, and whoever wants both, by mail."""

import hashlib
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.notices.telling import About
from bot.outbox.mail import Mail
from bot.outbox.queue import enqueue as enqueue_mail
from bot.posts.account import accounts_of
from bot.posts.cutting import LONGEST_QUOTE, cut, one_line
from bot.posts.queue import Subject, enqueue, refresh
from bot.staff.finding import member_by_email

_LONGEST_KEY = 200


class TellingInChat:
    """Implements ``bot.notices.telling.Telling``; ``platforms`` are those that the settings connect."""

    def __init__(self, platforms: Collection[str]) -> None:
        self._platforms = platforms

    async def tell(self, session: AsyncSession, mail: Mail, about: About, now: datetime) -> None:
        member = await member_by_email(session, mail.recipient) if self._platforms else None
        accounts = await accounts_of(session, member.ref, self._platforms) if member else []
        if not accounts or any(account.also_mail for account in accounts):
            await enqueue_mail(session, mail, now)
        content = {"headline": one_line(mail.subject)} | (
            {"text": cut(about.text, LONGEST_QUOTE)} if about.text else {}
        )
        key = mail.key if len(mail.key) <= _LONGEST_KEY else hashlib.sha256(mail.key.encode()).hexdigest()
        for account in accounts:
            # A mail that has left already is not sent again in the post's place: it is known by its key.
            await enqueue(session, account, key, about.what, Subject(about.kind, about.id), content, now, mail)

    async def changed(self, session: AsyncSession, about: About, now: datetime) -> None:
        if self._platforms:
            await refresh(session, Subject(about.kind, about.id), now)
