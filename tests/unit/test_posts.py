"""Members of staff who have linked Slack or Teams read there what they would get by mail, as it is by then; nothing is lost."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.desk import registrations as desk
from bot.hubs import add_leader
from bot.posts.poster import NotPosted
from bot.registrations.changing import withdraw
from bot.staff.finding import member_by_email
from bot.staff.member import Doing
from bot.store.database import Database
from bot.store.tables import ChatAccountRow, ChatPostRow
from tests.chat_desk import HAL, NOTICES, FakePoster, linked, mails_to, posts, worker
from tests.put_down import make_hub, put_down


@pytest.fixture
async def cohort(database: Database) -> str:
    return await make_hub(database)


async def confirm(database: Database, registration_id: str) -> None:
    async with database.writing() as session:
        hal = await member_by_email(session, HAL)
        assert hal is not None
        await desk.confirm(session, Doing(hal, "desk"), registration_id, datetime.now(UTC), NOTICES)
        await session.commit()


async def due_again(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(update(ChatPostRow).values(next_at=datetime.now(UTC) - timedelta(seconds=1)))
        await session.commit()


async def test_who_has_no_account_gets_mail(database: Database, cohort: str) -> None:
    await put_down(database, cohort, notices=NOTICES)
    assert await posts(database) == []
    assert [mail.kind for mail in await mails_to(database, HAL)] == ["leader_registered"]


async def test_a_linked_leader_gets_a_post_with_buttons_and_no_mail(database: Database, cohort: str) -> None:
    await linked(database)
    registration = await put_down(database, cohort, notices=NOTICES)
    poster = FakePoster()
    await worker(database, poster).work_off("slack")
    [post] = poster.posted
    assert post.card is not None
    assert [action.kind for action in post.card.actions] == ["confirm", "open"]
    assert post.card.actions[1].href.endswith(f"/desk/registrations/{registration.id}")
    assert ("Email", "ann.lee@fairview.example") in post.card.fields
    assert post.to == {"channel": "D-U-HAL"}
    assert await mails_to(database, HAL) == []
    [row] = await posts(database)
    assert (row.state, row.content, row.fallback) == ("sent", {"is_card": True}, None)


async def test_who_wants_both_gets_both(database: Database, cohort: str) -> None:
    account = await linked(database)
    async with database.writing() as session:
        await session.execute(update(ChatAccountRow).where(ChatAccountRow.id == account.id).values(also_mail=True))
        await session.commit()
    await put_down(database, cohort, notices=NOTICES)
    assert len(await posts(database)) == len(await mails_to(database, HAL)) == 1


async def test_after_a_change_the_post_shows_who_made_it_and_when(database: Database, cohort: str) -> None:
    await linked(database)
    registration = await put_down(database, cohort, notices=NOTICES)
    poster = FakePoster()
    await worker(database, poster).work_off("slack")
    await confirm(database, registration.id)
    await worker(database, poster).work_off("slack")
    shown = poster.posted[-1]
    assert shown.replaces == {"ts": "1"}
    assert shown.card is not None
    assert [action.kind for action in shown.card.actions] == ["open"]
    assert shown.card.note.startswith("Confirmed by Hal Hubbard on the desk on ")


async def test_a_post_that_leaves_late_shows_how_things_are_by_then(database: Database, cohort: str) -> None:
    await linked(database)
    registration = await put_down(database, cohort, notices=NOTICES)
    await confirm(database, registration.id)
    poster = FakePoster()
    await worker(database, poster).work_off("slack")
    await due_again(database)
    first = poster.posted[0]
    assert first.card is not None
    assert [action.kind for action in first.card.actions] == ["open"]


async def test_news_about_the_same_school_keep_to_its_thread(database: Database, cohort: str) -> None:
    await linked(database)
    registration = await put_down(database, cohort, notices=NOTICES)
    poster = FakePoster()
    await worker(database, poster).work_off("slack")
    async with database.writing() as session:
        now = datetime.now(UTC)
        await withdraw(session, registration.id, "applicant", "No time", now, NOTICES, offer_days=7)
        await session.commit()
    await worker(database, poster).work_off("slack")
    threaded = [post for post in poster.posted if post.thread]
    assert [post.text.startswith("Fairview Primary School has withdrawn") for post in threaded] == [True]
    assert threaded[0].thread == {"ts": "1"}


async def test_what_can_never_be_posted_leaves_by_mail_once(database: Database, cohort: str) -> None:
    await linked(database)
    await linked(database, user="U-HAL-AT-HOME")
    await put_down(database, cohort, notices=NOTICES)
    poster = FakePoster(troubles=[NotPosted("never", "no such channel"), NotPosted("never", "no such channel")])
    await worker(database, poster).work_off("slack")
    assert [mail.kind for mail in await mails_to(database, HAL)] == ["leader_registered"]
    assert [row.state for row in await posts(database)] == ["failed", "failed"]
    assert all(row.fallback is None for row in await posts(database))


async def test_a_platform_in_trouble_is_left_alone_for_as_long_as_it_asks(database: Database, cohort: str) -> None:
    await linked(database)
    await put_down(database, cohort, notices=NOTICES)
    poster = FakePoster(troubles=[NotPosted("server", "too many requests", 600)])
    began = datetime.now(UTC)
    trouble = await worker(database, poster).work_off("slack")
    assert trouble is not None
    [row] = await posts(database)
    assert row.state == "waiting"
    assert timedelta(seconds=590) < row.next_at - began < timedelta(seconds=700)
    assert row.fallback is not None
    await due_again(database)
    await worker(database, poster).work_off("slack")
    assert [row.state for row in await posts(database)] == ["sent"]


async def test_another_leaders_school_is_not_shown(database: Database, cohort: str) -> None:
    account = await linked(database)
    await put_down(database, cohort, notices=NOTICES)
    async with database.writing() as session:
        await add_leader(session, "Ida New", "ida@hub.example")
        ida = await member_by_email(session, "ida@hub.example")
        assert ida is not None
        await session.execute(update(ChatAccountRow).where(ChatAccountRow.id == account.id).values(member=ida.ref))
        await session.commit()
    poster = FakePoster()
    await worker(database, poster).work_off("slack")
    assert poster.posted == []
    assert [row.state for row in await posts(database)] == ["withheld"]
