"""Several workers at once, a lease that ends too soon, and mail on which the worker stumbles."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.replies import handling
from bot.replies.answering import limit
from bot.replies.worker import MOST_STUMBLES
from bot.store.tables import InboundRow
from tests.replying import HEAD, OFFICE, Desk, a_desk, a_letter, a_mail, to_letter


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as opened:
        yield opened


async def test_several_workers_share_the_mail_and_answer_each_once(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    senders = [f"head{n}@fairview.sch.example" for n in range(12)]
    await desk.is_kept(*(a_mail("What does it cost?", to=to_letter(letter_id), sender=sender) for sender in senders))
    await asyncio.gather(*(desk.worker().work_off() for _ in range(3)))
    assert sorted(mail.recipient for mail in await desk.mails("reply")) == sorted(senders)
    assert {row.state for row in await desk.inbound()} == {"answered"}


async def test_several_workers_do_not_outrun_the_limit_of_an_address(desk: Desk) -> None:
    desk.most_a_day = 3
    letter_id = await a_letter(desk.database)
    await desk.is_kept(*(a_mail(f"What about {n}?", to=to_letter(letter_id)) for n in range(9)))
    await asyncio.gather(*(desk.worker().work_off() for _ in range(3)))
    assert len(await desk.mails("reply")) == 3
    assert len(await desk.mails("handed_over")) == 1


async def test_while_one_counts_the_answers_of_an_address_another_waits(desk: Desk) -> None:
    await desk.is_kept(a_mail("What does it cost?"))

    async def is_reached_elsewhere() -> bool:
        async with desk.database.writing() as session:
            return await limit.is_reached(session, HEAD, 1, datetime.now(UTC))

    async with desk.database.writing() as session:
        assert not await limit.is_reached(session, HEAD, 1, datetime.now(UTC))
        elsewhere = asyncio.create_task(is_reached_elsewhere())
        await asyncio.wait([elsewhere], timeout=0.2)
        assert not elsewhere.done()
        await session.execute(update(InboundRow).values(state="answered", handled_at=datetime.now(UTC)))
        await session.commit()
    assert await elsewhere


async def test_who_lost_the_lease_keeps_nothing(desk: Desk) -> None:
    counted: list[str] = []
    letter_id = await a_letter(desk.database)
    await desk.is_kept(a_mail("What does it cost?", to=to_letter(letter_id)))
    desk.engine.delay = 0.4
    slow, quick = (
        desk.worker(lease=lease, count=lambda state, _verdict: counted.append(state))
        for lease in (timedelta(seconds=0.1), timedelta(seconds=60))
    )
    at_it = asyncio.create_task(slow.work_off())
    await desk.engine.questioned.wait()
    while not await quick.work_off():  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    await at_it
    assert counted == ["answered"]
    assert len(await desk.mails("reply")) == 1
    assert [row.attempts for row in await desk.inbound()] == [2]


async def test_mail_on_which_it_stumbles_goes_to_a_person_in_the_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_arguments: object) -> None:
        raise ZeroDivisionError("with words of the mail")

    monkeypatch.setattr(handling, "sort", stumble)
    letter_id = await a_letter(desk.database)
    await desk.is_kept(a_mail("What does it cost?", to=to_letter(letter_id)))
    for attempt in range(MOST_STUMBLES):
        assert [row.state for row in await desk.inbound()] == ["new"], attempt
        await desk.worker().work_off()
        await desk.makes_due()
    (row,) = await desk.inbound()
    assert (row.state, row.verdict, row.raw is not None) == ("failed", "stumbled", True)
    assert row.error == "something unexpected happened (ZeroDivisionError)"
    assert [mail.recipient for mail in await desk.mails("handed_over")] == [OFFICE]


async def test_it_handles_what_arrives_while_it_runs_and_ends_when_told(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    worker = desk.worker(poll_seconds=60)
    running = asyncio.create_task(worker.run())
    await desk.is_kept(a_mail("What does it cost?", to=to_letter(letter_id)))
    worker.wake()
    async with asyncio.timeout(20):
        while not await desk.mails("reply"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        worker.stop()
        await running
