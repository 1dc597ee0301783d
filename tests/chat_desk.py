"""Posters that remember, accounts that are linked, and what arrives from them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from bot.chat.accounts import account_of, link
from bot.chat.incoming import Platform, Sender
from bot.notices import MailedNotices, NoticeScheme
from bot.posts.account import Account
from bot.posts.poster import NotPosted, Outgoing, Reference
from bot.posts.telling import TellingInChat
from bot.posts.worker import PostWorker
from bot.registrations.links import RegistrationLinks
from bot.staff.finding import member_by_email
from bot.store.database import Database
from bot.store.tables import ChatPostRow, OutboxRow

SCHEME = NoticeScheme("Test Quality Mark", "TQM", "office@tqm.example", "www.tqm.example")
PUBLIC_URL = "https://chat.example"
HAL = "hal@hub.example"
TELLING = TellingInChat({"slack", "teams"})
NOTICES = MailedNotices(SCHEME, "office@tqm.example", PUBLIC_URL, RegistrationLinks("secret", PUBLIC_URL, 180), TELLING)


@dataclass
class FakePoster:
    """Remembers what it posted; ``troubles`` are raised first, one a post."""

    posted: list[Outgoing] = field(default_factory=list)
    troubles: list[NotPosted] = field(default_factory=list)

    async def post(self, post: Outgoing) -> Reference:
        if self.troubles:
            raise self.troubles.pop(0)
        self.posted.append(post)
        return post.replaces or {"ts": str(len(self.posted))}


def sender(user: str = "U-HAL", platform: Platform = "slack") -> Sender:
    return Sender(platform, "T1", user, {"channel": f"D-{user}"})


async def linked(database: Database, email: str = HAL, user: str = "U-HAL", platform: Platform = "slack") -> Account:
    """An account that is joined to the member with this address of record."""
    async with database.writing() as session:
        account = await account_of(session, sender(user, platform), datetime.now(UTC))
        member = await member_by_email(session, email)
        assert member is not None
        await link(session, account, member, datetime.now(UTC))
        await session.commit()
    return account


async def posts(database: Database) -> list[ChatPostRow]:
    async with database.reading() as session:
        return list(await session.scalars(select(ChatPostRow).order_by(ChatPostRow.id)))


async def mails_to(database: Database, recipient: str) -> list[OutboxRow]:
    async with database.reading() as session:
        wanted = select(OutboxRow).where(OutboxRow.recipient == recipient).order_by(OutboxRow.id)
        return list(await session.scalars(wanted))


def worker(database: Database, poster: FakePoster, **chosen: Any) -> PostWorker:
    return PostWorker(database, {"slack": poster}, PUBLIC_URL, **chosen)
