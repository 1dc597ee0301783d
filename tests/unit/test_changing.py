"""Changes of a registration, and where a place goes that becomes free."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.registrations import changing
from bot.registrations.changing import NotPossible, RegistrationUnknown
from bot.registrations.offering import offer_places
from bot.registrations.reading import registration
from bot.registrations.registration import Registration
from bot.registrations.rows import lock_cohort
from bot.store.database import Database
from bot.store.tables import CohortRow
from tests.registering import NOW, OFFER_DAYS, Told, application, held, new_hub, opened, register, taken

type Work = Callable[[AsyncSession], Awaitable[Registration]]


class Hub:
    """A hub of two places and the schools that came, in order, each an hour after the one before it."""

    def __init__(self, database: Database, cohort: str) -> None:
        self.database = database
        self.cohort = cohort
        self.told = Told()
        self._came = 0

    async def comes(self, school: str) -> str:
        """Registers a school; its id."""
        self._came += 1
        wanted = application(school, self.cohort, email=f"head@{school.lower()}.example")
        return (await register(self.database, wanted, now=NOW + timedelta(hours=self._came))).registration.id

    async def does(self, work: Callable[[AsyncSession], Awaitable[object]]) -> object:
        """Does ``work`` in a transaction of its own."""
        async with self.database.writing() as session:
            result = await work(session)
            await session.commit()
        return result

    async def withdraws(self, id_: str, at: datetime = NOW) -> None:
        await self.does(
            lambda session: changing.withdraw(
                session, id_, "applicant", "no time", at, self.told, offer_days=OFFER_DAYS
            )
        )

    async def accepts(self, id_: str, at: datetime = NOW) -> None:
        await self.does(lambda session: changing.accept_offer(session, id_, "applicant", "the link", at, self.told))

    async def declines(self, id_: str, at: datetime = NOW) -> None:
        await self.does(
            lambda session: changing.decline_offer(
                session, id_, "applicant", "the link", at, self.told, offer_days=OFFER_DAYS
            )
        )

    async def confirms(self, id_: str) -> None:
        await self.does(lambda session: changing.confirm(session, id_, "leader", "a talk", NOW, self.told))

    async def expires(self, at: datetime) -> object:
        return await self.does(lambda session: changing.expire_offers(session, at, self.told, offer_days=OFFER_DAYS))

    async def corrects(self, id_: str, person_id: str, name: str = "Ann Leigh") -> None:
        await self.does(
            lambda session: changing.correct_contact(
                session, id_, person_id, name=name, role="Head", phone="", now=NOW, notices=self.told
            )
        )

    async def shows(self, id_: str) -> Registration:
        async with self.database.reading() as session:
            return await registration(session, id_)

    async def states(self, *ids: str) -> list[str]:
        """The states of these registrations; "offered" for one who waits and has a place offered."""
        shown = [await self.shows(id_) for id_ in ids]
        return ["offered" if found.offered_until else found.state for found in shown]

    async def is_sound(self) -> bool:
        """Whether the cohort counts as many places as are held."""
        return await taken(self.database, self.cohort) == await held(self.database, self.cohort)


@pytest.fixture
async def hub(database_url: str) -> AsyncIterator[Hub]:
    async with opened(database_url) as database:
        async with database.writing() as session:
            cohort_id = await new_hub(session)
            await session.commit()
        hub = Hub(database, cohort_id)
        yield hub
        assert await hub.is_sound()


async def test_confirming_is_done_once_and_kept_with_who_and_why(hub: Hub) -> None:
    school = await hub.comes("Ash")
    await hub.confirms(school)
    await hub.confirms(school)
    shown = await hub.shows(school)
    assert [(change.state, change.by, change.why) for change in shown.history[1:]] == [
        ("confirmed", "leader", "a talk")
    ]
    assert hub.told.notes == [("confirmed", "Ash")]


async def test_only_a_school_with_a_place_can_be_confirmed(hub: Hub) -> None:
    first, _second, third = [await hub.comes(name) for name in ("Ash", "Birch", "Cedar")]
    with pytest.raises(NotPossible, match="waiting list"):
        await hub.confirms(third)
    await hub.withdraws(third)
    with pytest.raises(NotPossible, match="withdrawn"):
        await hub.confirms(third)
    assert await hub.states(first, third) == ["interested", "withdrawn"]


async def test_a_place_that_becomes_free_is_offered_to_the_first_who_waits(hub: Hub) -> None:
    ash, _birch, cedar, dogwood = [await hub.comes(name) for name in ("Ash", "Birch", "Cedar", "Dogwood")]
    await hub.withdraws(ash)
    assert await hub.states(ash, cedar, dogwood) == ["withdrawn", "offered", "waiting"]
    shown = await hub.shows(cedar)
    assert shown.offered_until == NOW + timedelta(days=OFFER_DAYS)
    assert [(change.state, change.by) for change in shown.history] == [("waiting", "applicant"), ("waiting", "system")]
    assert hub.told.notes == [("withdrawn", "Ash"), ("place_offered", "Cedar")]
    assert await taken(hub.database, hub.cohort) == 2, "the offered place stays held"
    await hub.accepts(cedar)
    await hub.accepts(cedar)
    assert await hub.states(cedar) == ["interested"]
    assert hub.told.notes[2:] == [("registered", "Cedar")]


async def test_a_newcomer_does_not_get_the_place_that_is_offered_to_another(hub: Hub) -> None:
    ash, _, cedar = [await hub.comes(name) for name in ("Ash", "Birch", "Cedar")]
    await hub.withdraws(ash)
    assert await hub.states(cedar, await hub.comes("Elder")) == ["offered", "waiting"]


async def test_a_declined_place_goes_on_to_the_next(hub: Hub) -> None:
    ash, _, cedar, dogwood = [await hub.comes(name) for name in ("Ash", "Birch", "Cedar", "Dogwood")]
    await hub.withdraws(ash)
    await hub.declines(cedar)
    await hub.declines(cedar)
    assert await hub.states(cedar, dogwood) == ["withdrawn", "offered"]
    await hub.withdraws(dogwood)
    assert await hub.states(dogwood) == ["withdrawn"]
    assert await taken(hub.database, hub.cohort) == 1, "nobody waits any more: the place is free"
    assert await hub.states(await hub.comes("Elder")) == ["interested"]


async def test_a_place_that_is_not_accepted_in_time_goes_on_to_the_next(hub: Hub) -> None:
    ash, _, cedar, dogwood = [await hub.comes(name) for name in ("Ash", "Birch", "Cedar", "Dogwood")]
    await hub.withdraws(ash)
    until = NOW + timedelta(days=OFFER_DAYS)
    assert await hub.expires(until) == 0
    assert await hub.states(cedar) == ["offered"]
    late = until + timedelta(minutes=1)
    with pytest.raises(NotPossible, match="held until 1 December 2026"):
        await hub.accepts(cedar, late)
    assert await hub.expires(late) == 1
    assert await hub.states(cedar, dogwood) == ["waiting", "offered"]
    assert hub.told.notes[2:] == [("offer_lapsed", "Cedar"), ("place_offered", "Dogwood")]
    with pytest.raises(NotPossible, match="still on the waiting list"):
        await hub.accepts(cedar, late)


async def test_who_let_an_offer_lapse_is_last_in_the_line(hub: Hub) -> None:
    names = ("Ash", "Birch", "Cedar", "Dogwood", "Elder")
    ash, birch, cedar, dogwood, elder = [await hub.comes(name) for name in names]
    await hub.withdraws(ash)
    late = NOW + timedelta(days=OFFER_DAYS + 1)
    await hub.expires(late)
    await hub.accepts(dogwood, late)
    await hub.corrects(cedar, (await hub.shows(cedar)).contacts[0].person_id)
    await hub.withdraws(birch, late + timedelta(days=1))
    assert await hub.states(cedar, elder) == ["waiting", "offered"]
    await hub.withdraws(elder, late + timedelta(days=2))
    assert await hub.states(cedar) == ["offered"]


async def test_offers_that_lapse_together_are_not_passed_among_each_other(hub: Hub) -> None:
    ash, birch, cedar, dogwood = [await hub.comes(name) for name in ("Ash", "Birch", "Cedar", "Dogwood")]
    await hub.withdraws(ash)
    await hub.withdraws(birch)
    assert await hub.states(cedar, dogwood) == ["offered", "offered"]
    assert await hub.expires(NOW + timedelta(days=OFFER_DAYS + 1)) == 2
    assert await hub.states(cedar, dogwood) == ["waiting", "waiting"]
    assert await taken(hub.database, hub.cohort) == 0


async def test_a_place_of_a_cohort_that_has_closed_goes_to_nobody(hub: Hub) -> None:
    ash, _, cedar = [await hub.comes(name) for name in ("Ash", "Birch", "Cedar")]
    await hub.does(lambda session: session.execute(update(CohortRow).values(is_open=False)))
    await hub.withdraws(ash)
    assert await hub.states(cedar) == ["waiting"]
    assert await taken(hub.database, hub.cohort) == 1


async def test_more_places_are_offered_to_those_who_wait(hub: Hub) -> None:
    *_, cedar, dogwood, elder = [await hub.comes(name) for name in ("Ash", "Birch", "Cedar", "Dogwood", "Elder")]

    async def two_more(session: AsyncSession) -> int:
        await session.execute(update(CohortRow).values(capacity=4))
        await lock_cohort(session, hub.cohort)
        return await offer_places(session, hub.cohort, NOW, hub.told, offer_days=OFFER_DAYS)

    assert await hub.does(two_more) == 2
    assert await hub.states(cedar, dogwood, elder) == ["offered", "offered", "waiting"]


async def test_withdrawing_twice_frees_one_place(hub: Hub) -> None:
    ash = await hub.comes("Ash")
    await hub.comes("Birch")
    await hub.withdraws(ash)
    await hub.withdraws(ash)
    assert await taken(hub.database, hub.cohort) == 1
    assert hub.told.notes == [("withdrawn", "Ash")]


async def test_without_an_offer_there_is_nothing_to_accept_or_decline(hub: Hub) -> None:
    ash, _, cedar = [await hub.comes(name) for name in ("Ash", "Birch", "Cedar")]
    with pytest.raises(NotPossible, match="still on the waiting list"):
        await hub.accepts(cedar)
    for id_ in (ash, cedar):
        with pytest.raises(NotPossible, match="nothing to decline"):
            await hub.declines(id_)
    await hub.withdraws(cedar)
    with pytest.raises(NotPossible, match="register again"):
        await hub.accepts(cedar)


async def test_a_person_corrects_their_own_details(hub: Hub) -> None:
    ash = await hub.comes("Ash")
    person = (await hub.shows(ash)).contacts[0].person_id
    await hub.corrects(ash, person)
    await hub.corrects(ash, person)
    shown = await hub.shows(ash)
    assert (shown.contacts[0].name, shown.contacts[0].role) == ("Ann Leigh", "Head")
    assert [change.state for change in shown.history] == ["interested", "interested"]
    assert hub.told.notes == [("corrected", "Ash")]


async def test_nobody_corrects_a_person_of_another_registration(hub: Hub) -> None:
    ash, birch = await hub.comes("Ash"), await hub.comes("Birch")
    other = (await hub.shows(birch)).contacts[0]
    with pytest.raises(RegistrationUnknown):
        await hub.corrects(ash, other.person_id)
    assert (await hub.shows(birch)).contacts[0] == other
    await hub.withdraws(ash)
    with pytest.raises(NotPossible):
        await hub.corrects(ash, (await hub.shows(ash)).contacts[0].person_id)


async def test_what_is_not_there_is_unknown(hub: Hub) -> None:
    for change in (hub.confirms, hub.withdraws, hub.accepts, hub.declines, hub.shows):
        with pytest.raises(RegistrationUnknown):
            await change("nothing")
