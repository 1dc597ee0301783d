"""A mailing from its beginning to the mail server: each person once, at the rate, in the hours, until somebody says stop."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.letters.mailing import releasing
from bot.letters.mailing.hours import LetterHours
from bot.letters.mailing.mailings import find, pause, resume
from bot.letters.mailing.pacing import due
from bot.letters.mailing.troubled import WHY
from bot.letters.mailing.writer import written_by
from bot.letters.problems import LetterProblem
from bot.letters.suppression import Suppression
from bot.outbox.smtp import Smtp
from bot.outbox.smtp_server import SmtpServer
from bot.outbox.worker import Worker
from bot.store.database import Database
from bot.store.tables import LetterRow, MailingRow, OutboxRow
from tests.mail_server import MailServer
from tests.mailings import (
    NOW,
    SUPPRESSION,
    Clock,
    a_ready_mailing,
    begun,
    letter_rows,
    people,
    ready_hub,
    releaser,
    writer,
)
from tests.mails import SENDER, rows
from tests.registering import application, opened, register
from tests.waiting import until


def worker(database: Database, server: MailServer) -> Worker:
    transport = Smtp(SmtpServer("127.0.0.1", server.port, "offered"))
    return Worker(database, transport, SENDER, writers=written_by(writer()))


async def states(database: Database) -> list[str]:
    return sorted(row.state for row in await letter_rows(database))


async def mailing(database: Database) -> MailingRow:
    async with database.reading() as session:
        return (await session.scalars(select(MailingRow))).one()


async def test_each_person_gets_their_letter_once(database: Database, server: MailServer) -> None:
    await a_ready_mailing(database, 5)
    clock = Clock()
    for _ in range(4):
        await releaser(database, clock).release_due()
        await worker(database, server).work_off()
        clock.pass_(1)
    assert sorted(server.recipients) == [f"head{n}@school{n}.example" for n in range(5)]
    assert (await mailing(database)).state == "done"
    assert await states(database) == ["released"] * 5


async def test_letters_leave_at_the_rate_and_no_faster_after_a_standstill(database: Database) -> None:
    await a_ready_mailing(database, 20, rate=60)
    clock = Clock()
    released = []
    for seconds in (0, 0.4, 0.6, 1, 1, 3600, 0, 1):
        clock.pass_(seconds)
        await releaser(database, clock).release_due()
        released.append((await states(database)).count("released"))
        async with database.writing() as session:  # the mail server takes them at once
            await session.execute(update(OutboxRow).values(state="sent"))
            await session.commit()
    assert released == [1, 1, 2, 3, 4, 6, 6, 7]


@pytest.mark.parametrize("rate", [1, 7, 60, 61, 6000, 100_000])
def test_no_minute_has_more_than_its_share(rate: int) -> None:
    now = next_at = NOW
    released = []
    for n in range(1200):
        now += timedelta(seconds=(n * 37 % 10) / 10)
        allowed = due(next_at, rate, now)
        next_at = allowed.until(allowed.count) if allowed.count else next_at
        released.append((now, allowed.count))
    minute = timedelta(minutes=1)
    busiest = max(sum(count for at, count in released if start <= at < start + minute) for start, _ in released[::50])
    assert busiest <= rate + rate / 60 + 1, "no more than what the longest credit adds"


async def test_a_mail_server_that_is_away_leaves_no_heap_that_would_leave_at_once(database: Database) -> None:
    await a_ready_mailing(database, 40, rate=60)
    clock = Clock()
    for _ in range(30):
        await releaser(database, clock).release_due()
        clock.pass_(1)
    assert (await states(database)).count("released") == 5


async def test_nothing_leaves_outside_the_hours(database: Database, server: MailServer) -> None:
    await a_ready_mailing(database, 3)
    clock = Clock(datetime(2026, 11, 24, 19, 0, tzinfo=UTC))
    hours = LetterHours.parse("08:00-18:00")
    assert not await releaser(database, clock, hours).release_due()
    assert await states(database) == ["planned"] * 3
    clock.now = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
    await releaser(database, clock, hours).release_due()
    assert "released" in await states(database)


async def test_what_was_let_go_just_before_the_hours_ended_waits_for_the_next(
    database: Database, server: MailServer
) -> None:
    await a_ready_mailing(database, 1)
    await releaser(database, Clock()).release_due()
    late = Clock(datetime(2026, 11, 24, 19, 0, tzinfo=UTC))
    writes = writer(hours=LetterHours.parse("08:00-18:00"), clock=late)
    transport = Smtp(SmtpServer("127.0.0.1", server.port, "offered"))
    await Worker(database, transport, SENDER, writers=written_by(writes)).work_off()
    (mail,) = await rows(database)
    assert (mail.state, mail.next_at) == ("waiting", datetime(2026, 11, 25, 8, 0, tzinfo=UTC))
    assert server.deliveries == []


async def test_two_that_release_at_once_release_each_letter_once_and_keep_the_rate(database_url: str) -> None:
    async with opened(database_url) as one, opened(database_url) as other:
        await a_ready_mailing(one, 60, rate=600)
        clock = Clock()
        releasers = [releaser(database, clock) for database in (one, other, one, other)]
        for _ in range(3):
            await asyncio.gather(*(each.release_due() for each in releasers))
            clock.pass_(1)
        assert len(await rows(one)) == 21
        assert (await states(one)).count("released") == 21


async def test_a_paused_mailing_waits_until_it_is_resumed(database: Database) -> None:
    mailing_id = (await a_ready_mailing(database, 3)).mailing_id
    clock = Clock()
    async with database.writing() as session:
        assert await pause(session, mailing_id, "by hand")
        assert not await pause(session, mailing_id, "by hand")
        await session.commit()
    await releaser(database, clock).release_due()
    assert await states(database) == ["planned"] * 3
    async with database.writing() as session:
        assert await resume(session, mailing_id, clock.now)
        assert not await resume(session, mailing_id, clock.now)
        await session.commit()
    await releaser(database, clock).release_due()
    assert "released" in await states(database)


async def test_whoever_unsubscribes_or_registers_meanwhile_gets_no_letter(database: Database) -> None:
    await a_ready_mailing(database, 3)
    async with database.writing() as session:
        await SUPPRESSION.add(session, "head1@school1.example", "unsubscribed", NOW)
        await session.commit()
    await register(database, application("School 2", email="head2@school2.example"))
    clock = Clock()
    for _ in range(3):
        await releaser(database, clock).release_due()
        clock.pass_(1)
    letters = await letter_rows(database)
    assert [row.state for row in letters] == ["released", "dropped", "dropped"]
    assert [mail.recipient for mail in await rows(database)] == ["head0@school0.example"]


async def test_nothing_is_let_go_while_nobody_would_be_found_on_the_suppression_list(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_ready_mailing(database, 3)
    async with database.writing() as session:
        await Suppression("the key before this one, long enough").add(session, "x@y.example", "unsubscribed", NOW)
        await session.commit()
    with pytest.raises(LetterProblem, match="PSQM_SECRET_KEY") as problem:
        await releaser(database, Clock()).release_due()
    assert await states(database) == ["planned"] * 3
    assert await rows(database) == []

    said: list[str] = []
    monkeypatch.setattr(releasing._log, "error", lambda _event, **details: said.append(details.get("reason", "")))
    async with releasing.releasing(releaser(database, Clock())):
        await until(lambda: bool(said))
    assert said[0] == str(problem.value)


async def test_a_mailing_of_which_nothing_can_be_delivered_pauses_and_the_office_hears_of_it_once(
    database: Database, server: MailServer
) -> None:
    server.refuse = lambda step, address: "550 blocked" if step == "RCPT" and "school" in address else None
    await a_ready_mailing(database, 60, rate=600)
    clock = Clock()
    for _ in range(6):
        await releaser(database, clock).release_due()
        await worker(database, server).work_off()
        clock.pass_(1)
    stopped = await mailing(database)
    assert (stopped.state, stopped.why) == ("paused", WHY)
    assert "planned" in await states(database)
    (told,) = server.deliveries
    assert told.recipient == "office@tqm.example"
    assert stopped.id[:8] in told.message.get_body(("plain",)).get_content()  # type: ignore[union-attr]

    server.refuse = lambda _step, _address: None
    async with database.writing() as session:
        await resume(session, stopped.id, clock.now)
        await session.commit()
    for _ in range(8):
        await releaser(database, clock).release_due()
        await worker(database, server).work_off()
        clock.pass_(1)
    assert (await mailing(database)).state == "done"
    assert len(set(server.recipients)) == len(server.recipients) >= 60 - 10, "and the last that failed were tried again"


async def test_one_address_that_does_not_exist_pauses_nothing(database: Database, server: MailServer) -> None:
    server.refuse = lambda step, address: "550 nobody" if (step, address[:6]) == ("RCPT", "head10") else None
    await a_ready_mailing(database, 30)
    clock = Clock()
    for _ in range(3):
        await releaser(database, clock).release_due()
        await worker(database, server).work_off()
        clock.pass_(1)
    assert (await mailing(database)).state == "done"
    assert len(server.deliveries) == 29


async def test_a_second_mailing_of_the_year_reaches_only_those_whom_the_first_did_not(database: Database) -> None:
    async with database.writing() as session:
        one, other = await ready_hub(session), await ready_hub(session, "Southfield")
        await session.commit()
    assert (await begun(database, one, people(3))).letters == 3
    assert (await begun(database, other, people(5))).letters == 2
    with pytest.raises(LetterProblem, match="by now"):
        await begun(database, other, people(5))


async def test_mailings_that_begin_at_once_never_both_write_to_one_person(database_url: str) -> None:
    async with opened(database_url) as one, opened(database_url) as other:
        async with one.writing() as session:
            cohorts = [await ready_hub(session), await ready_hub(session, "Southfield")]
            await session.commit()
        mailings = await asyncio.gather(
            *(begun(database, cohort, people(300)) for database, cohort in zip((one, other), cohorts, strict=True)),
            return_exceptions=True,
        )
        assert any(not isinstance(each, BaseException) for each in mailings)
        assert len(await letter_rows(one)) == 300


async def test_a_mailing_is_found_by_the_beginning_of_its_number(database: Database) -> None:
    first = await a_ready_mailing(database, 2)
    async with database.writing() as session:
        assert await find(session) == first.mailing_id
        assert await find(session, first.mailing_id[:6].upper()) == first.mailing_id
        with pytest.raises(LetterProblem, match="no mailing"):
            await find(session, "zz")
        with pytest.raises(LetterProblem, match="No mailing is paused"):
            await find(session, states=("paused",))
        other = await ready_hub(session, "Southfield")
        await session.commit()
    await begun(database, other, people(2, first=10))
    async with database.reading() as session:
        with pytest.raises(LetterProblem, match="several"):
            await find(session)


async def test_the_letter_table_keeps_what_the_file_said(database: Database) -> None:
    await a_ready_mailing(database, 1)
    (row,) = await letter_rows(database)
    assert isinstance(row, LetterRow)
    assert (row.email, row.name, row.school_name, row.school_town) == (
        "head0@school0.example", "Ann Lee 0", "School 0", "Otley"
    )  # fmt: skip
