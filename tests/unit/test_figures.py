"""The desk's figures: counted rightly by both databases, by London's weeks, and of what a member may see."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.desk.figures.letters import ONE_AT_A_TIME, funnel, hubs
from bot.desk.figures.questions import handed_over
from bot.desk.figures.registrations import registered
from bot.desk.figures.topics import topics
from bot.desk.figures.weeks import begins, mondays
from bot.letters.visits import note_origin
from bot.staff.member import Member
from bot.store.database import Database
from bot.store.tables import HubRow, LetterRow, MailThreadRow, RegistrationRow
from tests.an_area import make_mailing, send_letter
from tests.mailings import begun, people, ready_hub
from tests.registering import application, register
from tests.talked import hand_over, talk

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
OFFICE = Member("officer", "o1", "Olu Bright", "olu@tqm.example")
STRANGER = Member("leader", "l9", "Ida Stern", "ida@hubs.example", frozenset({"h9"}))


@pytest.fixture
async def cohort_id(database: Database) -> str:
    async with database.writing() as session:
        cohort_id = await ready_hub(session)
        await session.commit()
    return cohort_id


@pytest.fixture
async def leader(database: Database, cohort_id: str) -> Member:
    async with database.reading() as session:
        hub_id = (await session.scalars(select(HubRow.id))).one()
    return Member("leader", "l1", "Rosa Lind", "rosa@hubs.example", frozenset({hub_id}))


def test_a_week_begins_on_monday_in_london_also_in_summer() -> None:
    assert mondays(NOW, 2) == [date(2026, 11, 16), date(2026, 11, 23)]
    assert mondays(datetime(2026, 6, 7, 23, 30, tzinfo=UTC), 1) == [date(2026, 6, 8)]
    assert begins(date(2026, 6, 8)) == datetime(2026, 6, 7, 23, 0, tzinfo=UTC)


async def test_questions_are_counted_by_topic_and_week(database: Database) -> None:
    last_week = NOW - timedelta(days=7)
    async with database.writing() as session:
        await talk(
            session,
            NOW,
            ("hello", ["chat/greet"]),
            ("cost?", ["ask/cost"]),
            ("cost, dates?", ["ask/cost", "open/dates"]),
        )
        await talk(session, last_week, ("cost?", ["ask/cost"]), ("moon?", ["out_of_scope"]), ("hm", ["unsure"]))
        await talk(session, NOW - timedelta(weeks=30), ("cost?", ["ask/cost"]))
        await talk(session, NOW, ("cost?", ["ask/cost"]), member="leader:l1")
        await session.commit()
    async with database.reading() as session:
        found = await topics(session, OFFICE, NOW, 3)
    assert [(each.name, each.weeks) for each in found.topics] == [("ask/cost", (0, 1, 2)), ("open/dates", (0, 0, 1))]
    assert found.answered.weeks == (0, 1, 2)
    assert found.left_open.weeks == (0, 0, 1)
    assert found.not_understood.weeks == (0, 2, 0)
    assert found.share_answered == 50


async def test_a_leader_sees_the_topics_of_conversations_that_came_from_their_letters(
    database: Database, cohort_id: str, leader: Member
) -> None:
    async with database.writing() as session:
        await talk(session, NOW, ("dates?", ["open/dates"]))
        visitor = await talk(session, NOW, ("cost?", ["ask/cost"]))
        asker = await talk(session, NOW, ("who?", ["ask/who"]))
        await session.commit()
    mailing = await make_mailing(database, cohort_id)
    letter = await send_letter(database, cohort_id, mailing, "head@fairview.example")
    await send_letter(database, cohort_id, None, "head@oak.example", conversation_id=asker)
    async with database.writing() as session:
        await note_origin(session, visitor, letter)
        await session.commit()
    async with database.reading() as session:
        assert {each.name for each in (await topics(session, leader, NOW)).topics} == {"ask/cost", "ask/who"}
        assert (await topics(session, STRANGER, NOW)).topics == ()
        assert len((await topics(session, OFFICE, NOW)).topics) == 3


async def test_a_reply_by_mail_is_a_conversation_of_the_letter(
    database: Database, cohort_id: str, leader: Member
) -> None:
    mailing = await make_mailing(database, cohort_id)
    letter = await send_letter(database, cohort_id, mailing, "head@fairview.example")
    async with database.writing() as session:
        conversation = await talk(session, NOW, ("cost?", ["ask/cost"]), channel="mail")
        thread = {"id": "t1", "letter_id": letter, "email": "head@fairview.example", "created_at": NOW}
        await session.execute(insert(MailThreadRow).values(thread | {"conversation_id": conversation}))
        await session.commit()
    async with database.reading() as session:
        assert (await topics(session, leader, NOW)).answered.total == 1
        assert (await topics(session, STRANGER, NOW)).answered.total == 0


async def test_questions_to_people_are_counted_with_how_long_answers_took(database: Database, leader: Member) -> None:
    (hub_id,) = leader.hub_ids
    answered = {"state": "answered", "answered_name": "Rosa Lind"}
    async with database.writing() as session:
        for hours in (2, 4, 30):
            at = NOW - timedelta(days=7)
            await hand_over(session, at, hub_id, answered_at=at + timedelta(hours=hours), **answered)
        await hand_over(session, NOW, hub_id)
        await hand_over(session, NOW - timedelta(days=100), hub_id)
        await hand_over(session, NOW, None)
        await session.commit()
    async with database.reading() as session:
        theirs, all_of_them = await handed_over(session, leader, NOW, 2), await handed_over(session, OFFICE, NOW, 2)
        nothing = await handed_over(session, STRANGER, NOW, 2)
    assert (theirs.open, theirs.overdue) == (2, 1)
    assert (theirs.asked, theirs.answered) == ((3, 1), (3, 0))
    assert (theirs.half_within, theirs.longest) == (timedelta(hours=4), timedelta(hours=30))
    assert (all_of_them.open, all_of_them.asked) == (3, (3, 2))
    assert (nothing.open, nothing.asked, nothing.half_within) == (0, (0, 0), None)


async def test_registrations_are_counted_by_week_and_so_far(database: Database, cohort_id: str, leader: Member) -> None:
    for n in range(3):
        await register(database, application(f"School {n}", cohort_id, email=f"head{n}@school.example"))
    await register(database, application("No hub near", None, email="far@school.example"))
    async with database.writing() as session:
        row = RegistrationRow
        await session.execute(
            update(row).where(row.school_name == "School 0").values(created_at=NOW - timedelta(days=60))
        )
        await session.execute(
            update(row).where(row.school_name == "School 1").values(created_at=NOW - timedelta(days=7))
        )
        await session.commit()
    async with database.reading() as session:
        theirs, all_of_them = await registered(session, leader, NOW, 2), await registered(session, OFFICE, NOW, 2)
        assert (await registered(session, STRANGER, NOW, 2)).so_far == (0, 0)
    assert (theirs.new, theirs.so_far) == ((1, 1), (2, 3))
    assert (all_of_them.new, all_of_them.so_far) == ((1, 2), (2, 4))


async def test_the_funnel_is_of_a_members_letters_and_joins_those_sent_one_at_a_time(
    database: Database, cohort_id: str, leader: Member
) -> None:
    await begun(database, cohort_id, people(3))
    for n in (10, 11):
        await begun(database, cohort_id, people(1, n))
    async with database.writing() as session:
        await session.execute(update(LetterRow).where(LetterRow.email == people(1)[0].email).values(visited_at=NOW))
        await session.commit()
    async with database.reading() as session:
        theirs, nothing = await funnel(session, leader), await funnel(session, STRANGER)
        assert (await funnel(session, OFFICE)).came == theirs.came
        assert (await funnel(session, leader, 2020)).mailings == ()
        assert [name for _, name in await hubs(session, leader)] == ["Northfield"]
        assert await hubs(session, STRANGER) == []
    assert [(each.state, each.came.letters) for each in theirs.mailings] == [("sending", 3), (ONE_AT_A_TIME, 2)]
    assert (theirs.came.letters, theirs.came.visited, theirs.years) == (5, 1, (2026,))
    assert nothing.mailings == ()


async def test_a_cohort_of_another_hub_is_not_counted(database: Database, cohort_id: str, leader: Member) -> None:
    async with database.writing() as session:
        other = await ready_hub(session, "Southfield")
        await session.commit()
    await begun(database, other, people(2))
    async with database.reading() as session:
        assert (await funnel(session, leader)).came.letters == 0
