"""Workers that are killed at any moment: every mail arrives, and a kill costs at most one repeat."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

from bot.store.database import Database
from tests.faults.outbox_worker import killed_at_the_end
from tests.mail_server import mail_server
from tests.mails import a_mail, put, rows

MAILS = 500
KILLS = 50


async def test_a_worker_that_is_killed_loses_nothing_and_repeats_at_most_one_mail_a_kill(database_url: str) -> None:
    database = Database(database_url)
    chance = random.Random(20261124)
    async with mail_server() as server:

        async def arrived(mails: int) -> bool:
            return len(server.deliveries) >= mails

        async def all_is_noted() -> bool:
            return len(set(server.recipients)) == MAILS and all(row.state == "sent" for row in await rows(database))

        await put(database, *(a_mail(str(n), recipient=f"head{n}@school.example") for n in range(MAILS)))
        for kill in range(1, KILLS + 1):
            # Each is killed somewhere within its share of the mails, so that the last ones still have something to send.
            async with killed_at_the_end(database_url, server.port):
                await _until(lambda share=MAILS * kill // (KILLS + 1): arrived(share - chance.randrange(5)), 0.001)
                await asyncio.sleep(chance.uniform(0, 0.01))  # about what one mail takes: taken, sent, noted
        async with killed_at_the_end(database_url, server.port):
            await _until(all_is_noted, 0.1)
    await database.close()

    times = Counter(server.recipients)
    assert set(times) == {f"head{n}@school.example" for n in range(MAILS)}
    assert sum(times.values()) - MAILS <= KILLS
    assert len({(delivery.recipient, delivery.message_id) for delivery in server.deliveries}) == MAILS, (
        "a repeat carries the Message-ID of the first"
    )


async def _until(is_so: Callable[[], Awaitable[bool]], look_every_seconds: float) -> None:
    async with asyncio.timeout(30):
        while not await is_so():  # noqa: ASYNC110
            await asyncio.sleep(look_every_seconds)
