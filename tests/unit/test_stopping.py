"""Letters that are visited, and letters that are wanted no more."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.letters.problems import LetterUnknown
from bot.letters.stopping import is_stopped, stop
from bot.letters.suppression import Suppression
from bot.letters.visits import note_visit
from bot.outbox.mail import Mail
from bot.outbox.queue import enqueue
from bot.store.database import Database
from bot.store.tables import OutboxRow
from tests.invited import EMAIL, the_letter, write_letter
from tests.put_down import NOW, YEAR, make_hub

SUPPRESSION = Suppression("a secret for tests")
LATER = NOW + timedelta(days=1)


async def stop_letters(database: Database, letter_id: str, now: object = NOW) -> None:
    async with database.writing() as session:
        await stop(session, letter_id, SUPPRESSION, now)  # type: ignore[arg-type]
        await session.commit()


async def put_mail(database: Database, letter_id: str, kind: str, recipient: str = EMAIL) -> None:
    mail = Mail(f"{kind}:{letter_id}", kind, recipient, "", "office@tqm.example", "", "", "", letter_id=letter_id)
    async with database.writing() as session:
        await enqueue(session, mail, NOW)
        await session.commit()


async def states(database: Database) -> dict[str, str]:
    async with database.reading() as session:
        return {row.key: row.state for row in await session.scalars(select(OutboxRow))}


async def test_only_the_first_visit_is_noted(database: Database) -> None:
    letter_id = await write_letter(database, await make_hub(database))
    for now in (NOW, LATER):
        async with database.writing() as session:
            await note_visit(session, letter_id, now)
            await session.commit()
    assert (await the_letter(database, letter_id)).visited_at == NOW


async def test_whoever_stops_gets_nothing_more_that_they_did_not_ask_for(database: Database) -> None:
    cohort = await make_hub(database)
    letter_id = await write_letter(database, cohort)
    planned = await write_letter(database, cohort, year=YEAR + 1, state="planned")
    asked = await write_letter(database, None)
    for mail in ((letter_id, "letter_reminder"), (planned, "letter_attached"), (asked, "letter_asked")):
        await put_mail(database, *mail)
    await stop_letters(database, letter_id)
    assert (await the_letter(database, letter_id)).stopped_at == NOW
    assert (await the_letter(database, planned)).state == "dropped"
    assert await states(database) == {
        f"letter_reminder:{letter_id}": "withheld",
        f"letter_attached:{planned}": "withheld",
        f"letter_asked:{asked}": "queued",
    }
    async with database.reading() as session:
        assert await SUPPRESSION.holds(session, EMAIL)
        assert await is_stopped(session, planned, SUPPRESSION)


async def test_other_people_still_get_theirs(database: Database) -> None:
    cohort = await make_hub(database)
    ours = await write_letter(database, cohort)
    other = await write_letter(database, cohort, email="head@oak.example", state="planned")
    await put_mail(database, other, "letter_reminder", "head@oak.example")
    await stop_letters(database, ours)
    letter = await the_letter(database, other)
    assert (letter.state, letter.stopped_at) == ("planned", None)
    assert await states(database) == {f"letter_reminder:{other}": "queued"}
    async with database.reading() as session:
        assert not await is_stopped(session, other, SUPPRESSION)


async def test_stopping_twice_is_stopping_once(database: Database) -> None:
    letter_id = await write_letter(database, await make_hub(database))
    await stop_letters(database, letter_id)
    await stop_letters(database, letter_id, LATER)
    assert (await the_letter(database, letter_id)).stopped_at == NOW


async def test_what_has_left_is_left_alone(database: Database) -> None:
    letter_id = await write_letter(database, await make_hub(database))
    for kind, state in (("letter", "sent"), ("letter_reminder", "in_flight"), ("letter_last_reminder", "failed")):
        await put_mail(database, letter_id, kind)
        async with database.writing() as session:
            row = (await session.scalars(select(OutboxRow).where(OutboxRow.kind == kind))).one()
            row.state = state
            await session.commit()
    await stop_letters(database, letter_id)
    assert list((await states(database)).values()) == ["sent", "in_flight", "withheld"]


async def test_a_letter_that_was_erased_cannot_be_stopped(database: Database) -> None:
    with pytest.raises(LetterUnknown):
        await stop_letters(database, "00000000-0000-0000-0000-000000000000")
