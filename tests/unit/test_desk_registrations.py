"""What leaders and the office do with registrations and hubs: who may, and what it does."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from bot.desk import hubs as desk_hubs
from bot.desk import registrations as desk
from bot.desk.hubs import HubProblem, Session
from bot.notices.mailed import MailedNotices
from bot.registrations.notices import SilentNotices
from bot.registrations.problems import NotPossible
from bot.registrations.registration import Registration
from bot.registrations.searching import Wanted
from bot.staff.audit import latest
from bot.staff.member import Doing, Member, NotAllowed
from bot.store.database import Database
from bot.store.tables import CohortRow, OutboxRow, RegistrationRow
from tests.a_registration import SCHEME
from tests.at_the_desk import HAL, make_officer, member
from tests.hubs_at_work import IDA, TwoHubs, another, two_hubs
from tests.put_down import ANN, CY, FAIRVIEW, NOW, OAK, put_down

LATER = NOW + timedelta(hours=1)


class Links:
    def href(self, registration_id: str, person_id: str) -> str:
        return f"https://tqm.example/r/{registration_id}"


NOTICES = MailedNotices(SCHEME, "office@tqm.example", "https://tqm.example", Links())


@pytest.fixture
async def both(database: Database) -> TwoHubs:
    return await two_hubs(database, capacity=1)


async def move(database: Database, who: Member, registration_id: str, cohort_id: str) -> desk.Done[Registration]:
    async with database.writing() as session:
        doing = Doing(who, "desk")
        done = await desk.move(session, doing, registration_id, cohort_id, LATER, NOTICES, offer_days=7)
        await session.commit()
    return done


async def taken(database: Database, cohort_id: str) -> int:
    async with database.reading() as session:
        return await session.scalar(select(CohortRow.taken).where(CohortRow.id == cohort_id)) or 0


async def mails(database: Database) -> set[tuple[str, str]]:
    async with database.reading() as session:
        return {(row.kind, row.recipient) for row in await session.scalars(select(OutboxRow))}


async def state(database: Database, registration_id: str) -> str | None:
    async with database.reading() as session:
        return await session.scalar(select(RegistrationRow.state).where(RegistrationRow.id == registration_id))


async def test_a_leader_gives_a_school_to_another_hub_and_all_hear_of_it(database: Database, both: TwoHubs) -> None:
    ann = await put_down(database, both.hals)
    cy = await put_down(database, both.hals, OAK, CY)  # waits
    done = await move(database, await member(database, HAL), ann.id, both.idas)
    assert done.is_new and done.result.place is not None
    assert (done.result.place.cohort_id, done.result.state) == (both.idas, "interested")
    assert (await taken(database, both.hals), await taken(database, both.idas)) == (1, 1)  # Cy is offered Ann's place
    async with database.reading() as session:
        offered = await session.scalar(select(RegistrationRow.offered_until).where(RegistrationRow.id == cy.id))
        entries = await latest(session, await member(database, HAL))
    assert offered is not None
    assert entries[0].action == "moved" and "Mill hub" in entries[0].detail
    assert await mails(database) == {
        ("moved", ANN.email), ("leader_moved_here", IDA), ("leader_moved_away", HAL), ("place_offered", CY.email),
    }  # fmt: skip


async def test_a_full_hub_takes_nobody_and_nothing_changes(database: Database, both: TwoHubs) -> None:
    ann, _cy = await put_down(database, both.hals), await put_down(database, both.idas, OAK, CY)
    with pytest.raises(NotPossible, match="no place left"):
        await move(database, await member(database, HAL), ann.id, both.idas)
    assert (await taken(database, both.hals), await taken(database, both.idas)) == (1, 1)
    assert await mails(database) == set()


async def test_who_waits_gets_a_place_elsewhere(database: Database, both: TwoHubs) -> None:
    await put_down(database, both.hals)
    cy = await put_down(database, both.hals, OAK, CY)
    done = await move(database, await make_officer(database), cy.id, both.idas)
    assert done.result.state == "interested"
    assert (await taken(database, both.hals), await taken(database, both.idas)) == (1, 1)


async def test_the_office_hands_a_school_without_a_hub_to_one_and_no_leader_can(
    database: Database, both: TwoHubs
) -> None:
    lost = await put_down(database, None)
    with pytest.raises(NotAllowed):
        await move(database, await member(database, HAL), lost.id, both.hals)
    assert (await move(database, await make_officer(database), lost.id, both.hals)).result.state == "interested"


async def test_nobody_takes_a_school_from_another_hub(database: Database, both: TwoHubs) -> None:
    ann = await put_down(database, both.hals)
    with pytest.raises(NotAllowed):
        await move(database, await member(database, IDA), ann.id, both.idas)
    assert await taken(database, both.hals) == 1


async def test_of_two_who_move_at_once_one_does_and_the_other_sees_who(database: Database, both: TwoHubs) -> None:
    ann, olive, hal = await put_down(database, both.hals), await make_officer(database), await member(database, HAL)
    first, second = await asyncio.gather(
        move(database, hal, ann.id, both.idas), move(database, olive, ann.id, both.idas)
    )
    if second.is_new:
        first, second = second, first
    assert first.is_new and not second.is_new
    assert second.by is not None and second.by.action == "moved"
    assert (await taken(database, both.hals), await taken(database, both.idas)) == (0, 1)
    assert len([kind for kind, _ in await mails(database) if kind == "moved"]) == 1


async def test_two_that_change_hubs_at_once_do_not_lock_each_other(database: Database) -> None:
    both = await two_hubs(database, capacity=4)
    olive = await make_officer(database)
    ours = [await put_down(database, both.hals, *another(number)) for number in range(2)]
    theirs = [await put_down(database, both.idas, *another(number)) for number in range(2, 4)]
    await asyncio.gather(
        *(move(database, olive, one.id, both.idas) for one in ours),
        *(move(database, olive, one.id, both.hals) for one in theirs),
    )
    assert (await taken(database, both.hals), await taken(database, both.idas)) == (2, 2)


async def test_a_withdrawn_school_is_not_moved(database: Database, both: TwoHubs) -> None:
    ann, hal = await put_down(database, both.hals), await member(database, HAL)
    async with database.writing() as session:
        await desk.withdraw(session, Doing(hal, "desk"), ann.id, "", LATER, SilentNotices(), offer_days=7)
        await session.commit()
    with pytest.raises(NotPossible, match="withdrawn"):
        await move(database, hal, ann.id, both.idas)


async def test_a_list_holds_what_is_theirs_and_what_was_looked_for(database: Database) -> None:
    both = await two_hubs(database)
    ann = await put_down(database, both.hals)
    cy = await put_down(database, both.idas, OAK, CY, now=LATER)
    lost = await put_down(database, None, *another(7), now=LATER + timedelta(hours=1))
    hal, olive = await member(database, HAL), await make_officer(database)

    async def found(who: Member, **looked_for: object) -> list[str]:
        wanted = Wanted(**looked_for)  # type: ignore[arg-type]
        async with database.reading() as session:
            listed = [one.id for one in await desk.listed(session, who, wanted)]
            assert await desk.count(session, who, wanted) == len(listed)
        return listed

    assert await found(hal) == [ann.id]
    assert await found(olive) == [lost.id, cy.id, ann.id]
    assert await found(olive, hub_ids=frozenset({both.idas_hub})) == [cy.id]
    assert await found(olive, is_without_hub=True) == [lost.id]
    assert await found(olive, state="interested") == [cy.id, ann.id]
    assert await found(olive, since=LATER) == [lost.id, cy.id]
    assert await found(olive, text="FAIRVIEW") == [ann.id]
    assert await found(olive, text="cy@oak") == [cy.id]
    assert await found(olive, text="%") == []
    assert await found(olive, year=2025) == []
    assert await found(olive, by_hand=True) == [lost.id, cy.id, ann.id]
    with pytest.raises(NotAllowed):
        await found(hal, hub_ids=frozenset({both.idas_hub}))


async def test_a_leader_sees_their_hubs_and_the_office_all(database: Database, both: TwoHubs) -> None:
    await put_down(database, both.hals, FAIRVIEW)
    await put_down(database, both.hals, OAK, CY)
    async with database.reading() as session:
        [hals] = await desk_hubs.hubs(session, await member(database, HAL))
        assert (hals.place.left, hals.to_confirm, hals.confirmed, hals.waiting) == (0, 1, 0, 1)
        with pytest.raises(NotAllowed):
            await desk_hubs.hub(session, await member(database, HAL), both.idas)
    olive = await make_officer(database)
    async with database.reading() as session:
        assert [one.place.hub_name for one in await desk_hubs.hubs(session, olive)] == ["Mill hub", "Testham hub"]


async def test_a_leader_sets_the_first_session_once(database: Database, both: TwoHubs) -> None:
    hal, ida = await member(database, HAL), await member(database, IDA)
    fixed = Session(date(2027, 2, 3), time(14), "The Barn")
    async with database.writing() as session:
        done = await desk_hubs.set_first_session(session, Doing(hal, "desk"), both.hals, fixed, LATER)
        again = await desk_hubs.set_first_session(session, Doing(hal, "slack"), both.hals, fixed, LATER)
        assert done.result.place.session_venue == "The Barn"
        assert done.is_new and not again.is_new
        assert again.by is not None and again.by.door == "desk"
        with pytest.raises(NotAllowed):
            await desk_hubs.set_first_session(session, Doing(ida, "desk"), both.hals, fixed, LATER)
        with pytest.raises(HubProblem):
            await desk_hubs.set_first_session(session, Doing(hal, "desk"), both.hals, Session(None, time(9), ""), LATER)


async def test_new_places_go_to_those_who_wait_and_only_the_office_makes_them(
    database: Database, both: TwoHubs
) -> None:
    await put_down(database, both.hals)
    cy = await put_down(database, both.hals, OAK, CY)
    hal, olive = await member(database, HAL), await make_officer(database)
    now = datetime.now(UTC)
    async with database.writing() as session:
        with pytest.raises(NotAllowed):
            await desk_hubs.set_capacity(session, Doing(hal, "desk"), both.hals, 5, now, NOTICES, offer_days=7)
        with pytest.raises(NotAllowed):
            await desk_hubs.set_open(session, Doing(hal, "desk"), both.hals, False, now, NOTICES, offer_days=7)
        await desk_hubs.set_capacity(session, Doing(olive, "desk"), both.hals, 2, now, NOTICES, offer_days=7)
        await session.commit()
    assert await taken(database, both.hals) == 2
    assert ("place_offered", CY.email) in await mails(database)
    assert await state(database, cy.id) == "waiting"
