"""A member of staff sends the letter to one school: under the rules of every mailing, once, and on record."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.desk.done import Done
from bot.desk.letter_terms import LetterTerms
from bot.desk.letters import LetterRefused, LetterSent, send
from bot.letters.mailing.hours import LetterHours
from bot.staff import audit
from bot.staff.finding import member_named
from bot.staff.member import Doing, Member, NotAllowed
from bot.store.database import Database
from bot.store.tables import CohortRow, HubRow, LetterRow, MailingRow
from tests.mailings import ALWAYS, NOW, SUPPRESSION, FewWords, begun, people, ready_hub
from tests.registering import application, register
from tests.school_register import import_path, school, write_register

TERMS = LetterTerms(FewWords(), SUPPRESSION, ALWAYS, 60, reaches_people=True)
OFFICE = Doing(Member("officer", "o1", "Olu Bright", "olu@tqm.example"), "desk")


@pytest.fixture
async def leader(database: Database) -> Doing:
    """Who leads the one hub, which may write letters."""
    async with database.writing() as session:
        await ready_hub(session)
        leader_id = (await session.scalars(select(HubRow.leader_id))).one()
        member = await member_named(session, f"leader:{leader_id}")
        await session.commit()
    assert member is not None
    return Doing(member, "desk")


async def sent(database: Database, doing: Doing, hub_id: str = "", **to: Any) -> Done[LetterSent]:
    async with database.writing() as session:
        hub_id = hub_id or (await session.scalars(select(HubRow.id))).one()
        to = {"email": "head@fairview.example", "now": NOW, "terms": TERMS} | to
        done = await send(session, doing, hub_id, **to)
        await session.commit()
    return done


async def test_the_letter_is_planned_as_a_mailing_of_one_and_the_record_says_who_sent_it(
    database: Database, leader: Doing
) -> None:
    done = await sent(database, leader, email="Head@Fairview.example", name=" Ann  Lee", school="Fairview Primary")
    assert done.is_new and done.by is None
    assert (done.result.email, done.result.name) == ("head@fairview.example", "Ann Lee")
    assert (done.result.hub_name, done.result.school) == ("Northfield", "Fairview Primary")
    async with database.reading() as session:
        letter = (await session.scalars(select(LetterRow))).one()
        assert (letter.kind, letter.state) == ("area", "planned")
        assert [entry.name for entry in await audit.of_subject(session, ("letter", letter.id))] == [leader.member.name]


async def test_it_says_when_the_hours_for_letters_let_it_go(database: Database, leader: Doing) -> None:
    later = LetterTerms(FewWords(), SUPPRESSION, LetterHours.parse("14:00-15:00"), 60, reaches_people=True)
    done = await sent(database, leader, terms=later)
    assert done.result.leaves_at == NOW.replace(hour=14, minute=0)


async def test_the_school_of_a_urn_is_addressed_as_the_register_has_it(
    database: Database, database_url: str, leader: Doing, tmp_path: Path
) -> None:
    schools = (school(100002, "Elm Primary"), school(100003, "Old Primary", status="closed"))
    await import_path(database_url, write_register(tmp_path / "register.csv", *schools))
    assert (await sent(database, leader, urn=100002)).result.school == "Elm Primary"
    with pytest.raises(LetterRefused, match="closed"):
        await sent(database, leader, email="old@elm.example", urn=100003)
    with pytest.raises(LetterRefused, match="no school with the URN 100009"):
        await sent(database, leader, email="new@elm.example", urn=100009)


async def test_sent_again_it_goes_once_and_the_second_sees_who_sent_it(database: Database, leader: Doing) -> None:
    first = await sent(database, leader)
    again = await sent(database, OFFICE)
    assert not again.is_new and again.by and again.by.name == leader.member.name
    assert again.result.id == first.result.id


async def test_of_two_who_send_it_at_once_one_does(database: Database, leader: Doing) -> None:
    both = await asyncio.gather(sent(database, leader), sent(database, OFFICE))
    assert sorted(done.is_new for done in both) == [False, True]
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(LetterRow)) == 1
        assert await session.scalar(select(func.count()).select_from(MailingRow)) == 1


async def test_whoever_must_not_or_need_not_get_it_does_not(database: Database, leader: Doing) -> None:
    had, registered, stopped = people(3)
    async with database.writing() as session:
        cohort_id = (await session.scalars(select(CohortRow.id))).one()
        await SUPPRESSION.add(session, stopped.email, "unsubscribed", NOW)
        await session.commit()
    await begun(database, cohort_id, [had])
    await register(database, application("School 1", email=registered.email))
    for email, why in (
        (had.email, "nobody gets it twice"),
        (registered.email, "registered for this school year"),
        (stopped.email, "asked for none"),
        ("head@example.org", "an example"),
        ("", "Which email address"),
        ("head at fairview", "no email address"),
    ):
        with pytest.raises(LetterRefused, match=why):
            await sent(database, leader, email=email)
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(LetterRow)) == 1


async def test_a_hub_that_cannot_write_says_what_is_missing(database: Database, leader: Doing) -> None:
    wrong = LetterTerms(FewWords("Northfield has no first session"), SUPPRESSION, ALWAYS, 60, reaches_people=True)
    with pytest.raises(LetterRefused, match="no first session"):
        await sent(database, leader, terms=wrong)
    with pytest.raises(LetterRefused, match="no places of 2027/28"):
        await sent(database, leader, now=NOW.replace(year=2027))
    async with database.writing() as session:
        await session.execute(update(CohortRow).values(is_open=False))
        await session.commit()
    with pytest.raises(LetterRefused, match="takes no more schools"):
        await sent(database, leader)


async def test_nobody_sends_the_letter_of_anothers_hub(database: Database, leader: Doing) -> None:
    async with database.reading() as session:
        hub_id = (await session.scalars(select(HubRow.id))).one()
    other = Doing(Member("leader", "l9", "Ida Stern", "ida@hubs.example", frozenset({"h9"})), "desk")
    with pytest.raises(NotAllowed):
        await sent(database, other, hub_id)
    with pytest.raises(NotAllowed):
        await sent(database, OFFICE, "no such hub")


async def test_names_that_no_letter_could_carry_are_refused(database: Database, leader: Doing) -> None:
    for wrong in ({"name": "A" * 101}, {"school": "S" * 201}, {"name": "Ann\x07"}):
        with pytest.raises(LetterRefused):
            await sent(database, leader, **wrong)
