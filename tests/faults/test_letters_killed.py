"""Whatever sends letters is killed at any moment: every letter arrives, and a kill costs at most one repeat."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from bot.store.tables import LetterRow, MailingRow, OutboxRow
from tests.faults.mailing_worker import begun_and_killed_after, killed_at_the_end
from tests.mail_server import MailServer, mail_server
from tests.mailings import a_ready_mailing, ready_hub
from tests.registering import opened

LETTERS = 1000
KILLS = 50
BEGINNINGS = 8
BEGUN = 2000


@pytest.mark.timeout(600)  # fifty processes and a thousand letters, on a machine that may do other things
async def test_a_thousand_letters_survive_fifty_kills(database_url: str) -> None:
    chance = random.Random(20261124)
    async with opened(database_url) as database, mail_server() as server:
        await a_ready_mailing(database, LETTERS, rate=100_000)
        for kill in range(1, KILLS + 1):
            # Each is killed somewhere within its share of the letters, so that the last ones still have something to send.
            async with killed_at_the_end(database_url, server.port):
                await _until(_arrived(server, LETTERS * kill // (KILLS + 1) - chance.randrange(10)))
                await asyncio.sleep(chance.uniform(0, 0.02))  # about what one letter takes: taken, written, sent, noted
        async with killed_at_the_end(database_url, server.port), asyncio.timeout(120):
            sent = select(func.count()).where(OutboxRow.state == "sent")
            while True:
                async with database.reading() as session:
                    if await session.scalar(sent) == LETTERS:
                        break
                await asyncio.sleep(0.1)
        async with database.reading() as session:
            assert set(await session.scalars(select(MailingRow.state))) == {"done"}

    times = Counter(server.recipients)
    assert set(times) == {f"head{n}@school{n}.example" for n in range(LETTERS)}
    assert sum(times.values()) - LETTERS <= KILLS
    assert len({(delivery.recipient, delivery.message_id) for delivery in server.deliveries}) == LETTERS, (
        "a repeat carries the Message-ID of the first"
    )


@pytest.mark.timeout(300)
async def test_a_mailing_whose_beginning_is_killed_is_there_whole_or_not_at_all(database_url: str) -> None:
    chance = random.Random(20261124)
    async with opened(database_url) as database:
        async with database.writing() as session:
            cohort_id = await ready_hub(session)
            await session.commit()
        for n in range(BEGINNINGS):
            await begun_and_killed_after(chance.uniform(0, 0.6), database_url, cohort_id, n * BEGUN, BEGUN)
        async with database.reading() as session:
            mailings = set(await session.scalars(select(MailingRow.id)))
            letters = await session.execute(select(LetterRow.mailing_id, func.count()).group_by(LetterRow.mailing_id))
            assert {mailing_id: count for mailing_id, count in letters} == dict.fromkeys(mailings, BEGUN)  # noqa: C416


def _arrived(server: MailServer, letters: int) -> Callable[[], bool]:
    return lambda: len(server.deliveries) >= letters


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
