"""Whoever answers the mailbox is killed at any moment: every mail is answered, and none twice."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from aiohttp.test_utils import TestServer
from sqlalchemy import func, select

from bot.store.database import Database
from bot.store.tables import InboundRow, MessageRow, OutboxRow
from tests.dovecot import dovecot
from tests.faults.reply_worker import killed_at_the_end
from tests.replying import MailingEngine, a_letter, a_mail, to_letter

MAILS = 60
KILLS = 20


async def test_each_mail_is_answered_once_whoever_dies_when(database_url: str) -> None:
    database, engine = Database(database_url), MailingEngine()
    chance = random.Random(20261124)
    letter_id = await a_letter(database)

    async def states() -> list[str]:
        async with database.reading() as session:
            return list((await session.scalars(select(InboundRow.state))).all())

    with dovecot() as imap:
        async with TestServer(engine.app()) as server:
            url = str(server.make_url("")).rstrip("/")
            imap.deliver(*(a_mail(f"Question {n}?", to=to_letter(letter_id), sender=_sender(n)) for n in range(MAILS)))
            for kill in range(1, KILLS + 1):
                async with killed_at_the_end(database_url, url, imap.url, MAILS):
                    share = MAILS * kill // (KILLS + 1) - chance.randrange(3)

                    async def share_is_done(share: int = share) -> bool:
                        return len([state for state in await states() if state != "new"]) >= share

                    await _until(share_is_done)
                    await asyncio.sleep(chance.uniform(0, 0.05))  # about what one mail takes

            async def all_is_done() -> bool:
                known = await states()
                return (
                    len(known) == MAILS
                    and "new" not in known
                    and not await asyncio.to_thread(imap.count, criteria="UNSEEN")
                )

            async with killed_at_the_end(database_url, url, imap.url, MAILS):
                await _until(all_is_done)

    async with database.reading() as session:
        replies = (await session.scalars(select(OutboxRow.text).where(OutboxRow.kind == "reply"))).all()
        said = await session.scalar(select(func.count()).where(MessageRow.sender == "you"))
    await database.close()
    assert said == MAILS
    for n in range(MAILS):
        assert sum(f"You said: Question {n}?" in reply for reply in replies) == 1
    assert len(replies) == MAILS


def _sender(n: int) -> str:
    return f"Head {'abcdefghij'[n % 10]} <head{n % 10}@fairview.sch.example>"


async def _until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
