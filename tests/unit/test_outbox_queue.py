"""Mail is in the outbox exactly when what caused it is in the database."""

from datetime import UTC, datetime, timedelta

from bot.outbox.leasing import settle, take
from bot.outbox.mail import Attachment
from bot.outbox.queue import enqueue
from bot.outbox.retry import Decision
from bot.outbox.wake import listening
from bot.store.database import Database
from tests.mails import a_mail, put, rows

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)


async def test_a_transaction_that_is_not_kept_sends_nothing_and_wakes_nobody(database: Database) -> None:
    with listening() as woken:
        async with database.writing() as session:
            assert await enqueue(session, a_mail(), NOW)
        assert not woken.is_set()
        assert await rows(database) == []


async def test_a_transaction_that_is_kept_wakes_the_worker_afterwards(database: Database) -> None:
    with listening() as woken:
        async with database.writing() as session:
            await enqueue(session, a_mail(), NOW)
            assert not woken.is_set()
            await session.commit()
        assert woken.is_set()


async def test_the_same_key_again_changes_nothing(database: Database) -> None:
    await put(database, a_mail("one", subject="first"))
    async with database.writing() as session:
        assert not await enqueue(session, a_mail("one", subject="second"), NOW)
        assert await enqueue(session, a_mail("two"), NOW)
        await session.commit()
    assert [(row.key, row.subject) for row in await rows(database)] == [
        ("one", "first"),
        ("two", "Fairview has a place"),
    ]


async def test_each_mail_has_a_message_id_of_its_own(database: Database) -> None:
    await put(database, *(a_mail(str(n)) for n in range(5)))
    assert len({row.message_id for row in await rows(database)}) == 5


async def test_a_subject_that_is_too_long_is_cut_and_an_attachment_kept_as_it_is(database: Database) -> None:
    attachment = Attachment("a.ics", "text/calendar", bytes(range(256)))
    await put(database, a_mail(subject="long " * 100, attachments=(attachment,)))
    [row] = await rows(database)
    assert len(row.subject) <= 200
    assert row.subject.endswith("…")
    assert Attachment.from_json(row.attachments[0]) == attachment


async def test_a_leased_mail_is_nobody_elses_until_its_lease_is_over(database: Database) -> None:
    await put(database, a_mail(), at=NOW)
    async with database.writing() as session:
        mine = await take(session, "me", NOW, LATER)
        assert mine
        assert await take(session, "you", NOW, LATER) is None
        assert await take(session, "you", LATER - timedelta(seconds=1), LATER) is None
        again = await take(session, "you", LATER, LATER + timedelta(minutes=2))
        assert again
        assert (again.id, again.message_id, again.attempts) == (mine.id, mine.message_id, 2)
        assert not await settle(session, mine.id, "me", Decision("failed", LATER, "late"), LATER)
        assert await settle(session, again.id, "you", Decision("sent", LATER), LATER)
        await session.commit()
    [row] = await rows(database)
    assert (row.state, row.sent_at, row.last_error, row.lease_owner) == ("sent", LATER, "", None)


async def test_a_mail_that_waits_is_not_due_before_its_time(database: Database) -> None:
    await put(database, a_mail(), at=NOW)
    async with database.writing() as session:
        mail = await take(session, "me", NOW, LATER)
        assert mail
        await settle(session, mail.id, "me", Decision("waiting", LATER, "busy"), NOW)
        assert await take(session, "me", LATER - timedelta(seconds=1), LATER) is None
        assert await take(session, "me", LATER, LATER) is not None


async def test_the_one_that_is_due_longest_comes_first(database: Database) -> None:
    for n in (3, 1, 2):
        await put(database, a_mail(str(n)), at=NOW - timedelta(minutes=n))
    async with database.writing() as session:
        taken = [await take(session, "me", NOW, LATER) for _ in range(3)]
    assert [mail.created_at for mail in taken if mail] == [NOW - timedelta(minutes=n) for n in (3, 2, 1)]
