"""Who gets the letter that is asked for in conversation, how often, and what is in it of what is known."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.letters.asking.asked import Asking
from bot.letters.asking.mailboxes import mailbox
from bot.letters.asking.request import ADDRESSES_A_CONVERSATION
from bot.letters.suppression import Suppression
from bot.registrations.application import ApplyingSchool
from bot.store.database import Database
from bot.store.tables import CohortRow, OutboxRow
from tests import mails
from tests.asking import ANN, NOW, SUPPRESSION, TERMS, ask, ask_each, letters, write_area_letter
from tests.registering import application, new_hub, opened, register
from tests.school_register import import_path, school, write_register

A_DAY = timedelta(days=1)


async def hub(database: Database, name: str = "Northfield", **chosen: object) -> str:
    async with database.writing() as session:
        cohort_id = await new_hub(session, name, **chosen)
        await session.commit()
    return cohort_id


async def test_the_letter_is_written_and_its_mail_put_into_the_outbox(database: Database) -> None:
    asked = await ask(database, ANN)
    (letter,) = await letters(database)
    assert (asked.outcome, asked.letter and asked.letter.id) == ("sent", letter.id)
    assert (letter.kind, letter.state, letter.year, letter.dated) == ("asked", "released", 2026, date(2026, 11, 24))
    assert (letter.email, letter.conversation_id, letter.released_at) == ("ann@fairview.example", "conversation-1", NOW)
    (mail,) = await mails.rows(database)
    assert (mail.kind, mail.key, mail.letter_id) == ("letter_asked", f"letter_asked:{letter.id}", letter.id)
    assert (mail.recipient, mail.text, mail.state) == ("ann@fairview.example", "", "queued")


async def test_the_letter_has_the_date_that_the_calendar_in_london_shows(database: Database) -> None:
    await ask(database, ANN, datetime(2026, 6, 30, 23, 30, tzinfo=UTC))  # half past midnight there
    assert [letter.dated for letter in await letters(database)] == [date(2026, 7, 1)]


async def test_nothing_that_was_typed_is_in_it_where_nothing_is_known(database: Database) -> None:
    await ask(database, ANN)
    (letter,) = await letters(database)
    assert (letter.name, letter.school_name, letter.urn, letter.cohort_id) == ("", "", None, None)


@pytest.mark.parametrize("conversation", ["conversation-1", "another"])
async def test_the_same_address_again_within_a_day_is_on_its_way(database: Database, conversation: str) -> None:
    await ask(database, ANN)
    again = replace(ANN, conversation_id=conversation)
    assert (await ask(database, again, NOW + A_DAY - timedelta(minutes=1))).outcome == "on_its_way"
    assert len(await mails.rows(database)) == 1
    assert (await ask(database, again, NOW + A_DAY + timedelta(minutes=1))).outcome == "sent"


async def test_only_the_conversation_that_asked_for_it_may_read_it(database: Database) -> None:
    sent = await ask(database, ANN)
    mine = await ask(database, ANN)
    theirs = await ask(database, replace(ANN, conversation_id="another"))
    assert mine.letter == sent.letter
    assert (theirs.outcome, theirs.letter) == ("on_its_way", None)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("ann@fairview.example", "ann+science@fairview.example", True),
        ("ann+one@fairview.example", "ann+two@fairview.example", True),
        ("ann.lee@gmail.com", "annlee@googlemail.com", True),
        ("ann.lee@fairview.example", "annlee@fairview.example", False),
        ("ann@fairview.example", "ann@oak.example", False),
        ("ann@fairview.example", "ann@not.fairview.example", False),
    ],
)
async def test_one_mailbox_gets_one_letter_however_its_address_is_put(
    database: Database, first: str, second: str, same: bool
) -> None:
    assert await ask_each(database, [first, second]) == ["sent", "on_its_way" if same else "sent"]
    assert (mailbox(first) == mailbox(second)) is same


async def test_a_conversation_reaches_three_addresses_and_no_fourth(database: Database) -> None:
    emails = [f"teacher{n}@fairview.example" for n in range(ADDRESSES_A_CONVERSATION + 1)]
    assert await ask_each(database, emails) == ["sent", "sent", "sent", "too_many"]
    assert await ask_each(database, emails[:1]) == ["on_its_way"]
    assert await ask_each(database, emails[-1:], "another") == ["sent"]
    assert (await ask(database, replace(ANN, email="a@oak.example"), NOW + 30 * A_DAY)).outcome == "too_many"


async def test_all_together_get_so_many_a_day(database: Database) -> None:
    terms = replace(TERMS, day_limit=2)
    people = [replace(ANN, email=f"head@school{n}.example", conversation_id=f"c{n}") for n in range(4)]
    outcomes = [(await ask(database, person, terms=terms)).outcome for person in people]
    assert outcomes == ["sent", "sent", "too_many_today", "too_many_today"]
    assert (await ask(database, people[0], terms=terms)).outcome == "on_its_way"
    assert (await ask(database, people[3], NOW + A_DAY + timedelta(seconds=1), terms)).outcome == "sent"
    assert len(await letters(database)) == 3


@pytest.mark.parametrize("wanted", ["ann@fairview.example", "ann+again@fairview.example"])
async def test_an_address_that_wants_no_letters_gets_none(database: Database, wanted: str) -> None:
    async with database.writing() as session:
        await SUPPRESSION.add(session, "ann@fairview.example", "unsubscribed", NOW)
        await session.commit()
    asked = await ask(database, replace(ANN, email=wanted))
    assert (asked.outcome, asked.letter) == ("cannot", None)
    assert await letters(database) == []
    assert await mails.rows(database) == []


async def test_nobody_gets_one_while_it_cannot_be_told_who_wants_none(database: Database) -> None:
    async with database.writing() as session:
        await Suppression("another secret key, long enough").add(session, "b@oak.example", "unsubscribed", NOW)
        await session.commit()
    assert (await ask(database, ANN)).outcome == "cannot"
    assert await mails.rows(database) == []


@pytest.mark.parametrize("state", ["failed", "withheld"])
async def test_a_mail_that_could_not_leave_is_not_said_to_be_on_its_way(database: Database, state: str) -> None:
    await ask(database, ANN)
    async with database.writing() as session:
        await session.execute(update(OutboxRow).values(state=state))
        await session.commit()
    assert (await ask(database, ANN)).outcome == "cannot"
    assert len(await letters(database)) == 1


async def test_two_tabs_at_the_same_moment_send_one_letter(database_url: str) -> None:
    async with opened(database_url) as one, opened(database_url) as other:
        for round in range(10):
            asking = replace(ANN, email=f"head{round}@fairview.example", conversation_id=f"c{round}")
            asked = await asyncio.gather(*(ask(one if n % 2 else other, asking) for n in range(6)))
            assert Counter(result.outcome for result in asked) == {"sent": 1, "on_its_way": 5}
        assert len(await mails.rows(one)) == 10


async def test_limits_hold_for_many_who_ask_at_once(database_url: str) -> None:
    async with opened(database_url) as one, opened(database_url) as other:
        terms = replace(TERMS, day_limit=5)
        crowd = [replace(ANN, email=f"head@school{n}.example", conversation_id=f"c{n}") for n in range(12)]
        asked = await asyncio.gather(
            *(ask(one if n % 2 else other, asking, terms=terms) for n, asking in enumerate(crowd))
        )
        assert Counter(result.outcome for result in asked) == {"sent": 5, "too_many_today": 7}
        mine = [replace(ANN, email=f"t{n}@oak.example", conversation_id="mine") for n in range(9)]
        later = NOW + 2 * A_DAY
        asked = await asyncio.gather(*(ask(one if n % 2 else other, asking, later) for n, asking in enumerate(mine)))
        assert Counter(result.outcome for result in asked) == {"sent": 3, "too_many": 6}


async def test_who_came_from_a_letter_is_sent_the_same(database: Database) -> None:
    cohort_id = await hub(database)
    await hub(database, "Southfield")
    came_from = await write_area_letter(database, cohort_id)
    asked = await ask(database, replace(ANN, came_from=came_from))
    assert asked.letter and asked.letter.place and asked.letter.school
    assert (asked.letter.name, asked.letter.school.name) == ("Olu Adeyemi", "Oak Primary School")
    assert (asked.letter.school.address, asked.letter.place.hub_name) == (("2 Acorn Road",), "Northfield")


async def test_a_letter_that_was_erased_meanwhile_tells_nothing(database: Database) -> None:
    asked = await ask(database, replace(ANN, came_from="00000000-0000-0000-0000-000000000000"))
    assert asked.letter and (asked.outcome, asked.letter.name, asked.letter.school) == ("sent", "", None)


async def test_a_school_of_the_register_stands_in_it_as_the_register_has_it(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    row = school(100001, "Fairview Primary School", Street="1 High Street", Locality="Millend")
    await import_path(database_url, write_register(tmp_path / "register.csv", row))
    asked = await ask(database, replace(ANN, name="Ann Lee", urn=100001))
    assert asked.letter and asked.letter.school
    assert (asked.letter.name, asked.letter.school.name) == ("Ann Lee", "Fairview Primary School")
    assert (asked.letter.school.address, asked.letter.school.town) == (("1 High Street", "Millend"), "Millbrook")
    unknown = await ask(database, replace(ANN, email="b@oak.example", urn=999999))
    assert unknown.letter and unknown.letter.school is None


async def test_the_name_of_another_school_s_head_is_not_taken_along(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await import_path(
        database_url, write_register(tmp_path / "register.csv", school(100001, "Fairview Primary School"))
    )
    came_from = await write_area_letter(database, None)
    asked = await ask(database, replace(ANN, came_from=came_from, urn=100001))
    assert asked.letter and asked.letter.school
    assert (asked.letter.school.name, asked.letter.name) == ("Fairview Primary School", "")


@pytest.mark.parametrize("name", ["Win £900 now", "see http://x.example", "<b>Ann</b>", "A", "x" * 101])
async def test_what_can_be_nobody_s_name_is_left_out(database: Database, name: str) -> None:
    asked = await ask(database, replace(ANN, name=name))
    assert asked.letter and asked.letter.name == ""


async def test_what_was_registered_in_the_conversation_tells_hub_and_school(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await import_path(
        database_url, write_register(tmp_path / "register.csv", school(100001, "Fairview Primary School"))
    )
    await hub(database)
    cohort_id = await hub(database, "Southfield")
    applying = ApplyingSchool("Fairview Primary School", "Millbrook", "ZZ1 1AA", 100001)
    await register(database, application(applying, cohort_id, conversation_id=ANN.conversation_id))
    asked = await ask(database, ANN)
    assert asked.letter and asked.letter.school and asked.letter.place
    assert (asked.letter.school.urn, asked.letter.place.hub_name) == (100001, "Southfield")


async def test_the_only_hub_that_takes_schools_invites(database: Database) -> None:
    await hub(database, "Example hub", is_example=True)
    closed = await hub(database, "Closed hub")
    await hub(database, "Hub of last year", year=2025)
    cohort_id = await hub(database)
    async with database.writing() as session:
        await session.execute(update(CohortRow).where(CohortRow.id == closed).values(is_open=False))
        await session.commit()
    asked = await ask(database, ANN)
    assert asked.letter and asked.letter.place and asked.letter.place.cohort_id == cohort_id
    await hub(database, "A second one")
    asked = await ask(database, replace(ANN, email="b@oak.example"))
    assert asked.letter and asked.letter.place is None


async def test_a_hub_that_takes_no_schools_any_more_does_not_invite(database: Database) -> None:
    last_year = await hub(database, "Hub of last year", year=2025)
    cohort_id = await hub(database)
    came_from = await write_area_letter(database, last_year)
    asked = await ask(database, Asking("b@oak.example", "c", came_from=came_from, cohort_id=cohort_id))
    assert asked.letter and asked.letter.place and asked.letter.place.cohort_id == cohort_id


async def test_a_school_with_no_hub_near_is_not_invited_by_a_far_one(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    await import_path(
        database_url, write_register(tmp_path / "register.csv", school(100001, "Fairview Primary School"))
    )
    await hub(database)
    asked = await ask(database, replace(ANN, urn=100001))
    assert asked.letter and asked.letter.school and asked.letter.place is None
