"""Whatever happens in whatever order: a plain model of the rules and the database agree after every step."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.registrations import changing, registering
from bot.registrations.changing import NotPossible
from bot.registrations.offering import offer_places
from bot.registrations.reading import listed
from bot.registrations.rows import lock_cohort
from bot.store.database import Database
from bot.store.tables import CohortRow, ConsentRow, ContactRow, HubRow, PersonRow, RegistrationEventRow, RegistrationRow
from tests.registering import NOW, OFFER_DAYS, YEAR, Told, application, new_hub

SCHOOLS = [f"School {letter}" for letter in "ABCDEF"]
PEOPLE = ["ann@x.example", "bo@x.example"]
HUBS = ["North", "South", None]
MOSTLY_NORTH = st.sampled_from(["North"] * 6 + HUBS)  # waiting lists grow where many want to go
IN_ORDER = (ConsentRow, ContactRow, PersonRow, RegistrationEventRow, RegistrationRow, CohortRow, HubRow)


@dataclass
class Expected:
    """A registration as the rules want it. ``turn``: when it came, or when a place was last offered to it or let go."""

    school: str
    hub: str | None
    turn: datetime
    people: set[str]
    state: str = "waiting"
    offered_until: datetime | None = None

    @property
    def holds(self) -> bool:
        return self.state in ("interested", "confirmed") or self.offered_until is not None


@dataclass
class Rules:
    """What ought to be: the rules of place-holding, said as simply as possible."""

    capacity: dict[str, int]
    there: list[Expected] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)

    def live(self, school: str) -> Expected | None:
        return next((one for one in self.there if one.school == school and one.state != "withdrawn"), None)

    def is_free(self, hub: str | None) -> bool:
        return hub is not None and self.taken(hub) < self.capacity[hub]

    def taken(self, hub: str) -> int:
        return sum(one.holds for one in self.there if one.hub == hub)

    def register(self, school: str, hub: str | None, person: str, now: datetime) -> str:
        one = self.live(school)
        if one is None:
            one = Expected(school, hub, now, {person})
            held = self.is_free(hub)
            self.there.append(one)
            one.state = "interested" if held else "waiting"
            return "held" if held else "waiting"
        is_new = person not in one.people
        one.people.add(person)
        if one.state == "waiting" and not one.offered_until and self.is_free(hub):
            one.state, one.hub = "interested", hub
            return "held"
        return "joined" if is_new else "already"

    def withdraw(self, one: Expected, now: datetime) -> None:
        held, one.state, one.offered_until = one.holds, "withdrawn", None
        if held:
            self.offer(one.hub, now, at_most=1)

    def offer(self, hub: str | None, now: datetime, at_most: int, but_not: tuple[str, ...] = ()) -> None:
        for _ in range(at_most):
            waiting = [one for one in self.there if one.hub == hub and one.state == "waiting" and not one.offered_until]
            waiting = [one for one in waiting if one.school not in but_not]
            if waiting and self.is_free(hub):
                first = min(waiting, key=lambda one: one.turn)
                first.offered_until, first.turn = now + timedelta(days=OFFER_DAYS), now
                self.told.append(("place_offered", first.school))

    def expire(self, now: datetime) -> int:
        lapsed = [one for one in self.there if one.offered_until and one.offered_until < now]
        for one in lapsed:
            one.offered_until, one.turn = None, now
        for one in lapsed:
            self.offer(one.hub, now, at_most=1, but_not=tuple(one.school for one in lapsed))
        return len(lapsed)


class PlaceHolding(RuleBasedStateMachine):
    """Does the same to the rules and to the database. Each step is a minute later than the one before it."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.database = Database(url)
        self.now = NOW
        self.told = Told()
        self.rules = Rules({})
        self.cohorts: dict[str | None, str | None] = {None: None}

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()

    def write(self, work: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
        async def transaction() -> Any:
            async with self.database.writing() as session:
                result = await work(session)
                await session.commit()
                return result

        return self.runner.run(transaction())

    @initialize(capacities=st.tuples(st.integers(1, 2), st.just(1)))
    def open_hubs(self, capacities: tuple[int, int]) -> None:
        async def work(session: AsyncSession) -> None:
            for table in IN_ORDER:
                await session.execute(delete(table))
            for name, capacity in zip(("North", "South"), capacities, strict=True):
                self.cohorts[name] = await new_hub(session, name, capacity=capacity)
                self.rules.capacity[name] = capacity

        self.write(work)
        for school in SCHOOLS[:5]:  # so that there is a waiting list from the beginning
            self.comes(school, "North", PEOPLE[0])
            self.now += timedelta(minutes=1)

    @rule(school=st.sampled_from(SCHOOLS), hub=MOSTLY_NORTH, person=st.sampled_from(PEOPLE))
    def comes(self, school: str, hub: str | None, person: str) -> None:
        wanted = application(school, self.cohorts[hub], email=person)
        registered = self.write(lambda session: registering.register(session, wanted, self.now, self.told))
        assert registered.outcome == self.rules.register(school, hub, person, self.now)

    @precondition(lambda self: any(one.holds for one in self.rules.there))
    @rule(data=st.data())
    def gives_up_a_place(self, data: st.DataObject) -> None:
        self.withdraw_one_of([one for one in self.rules.there if one.holds], data)

    @precondition(lambda self: self.rules.there)
    @rule(data=st.data())
    def withdraws(self, data: st.DataObject) -> None:
        self.withdraw_one_of(self.rules.there, data)

    def withdraw_one_of(self, these: list[Expected], data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(these))
        self.change(one, changing.withdraw, offer_days=OFFER_DAYS)
        self.rules.withdraw(one, self.now)

    @precondition(lambda self: any(one.offered_until for one in self.rules.there))
    @rule(data=st.data(), accepts=st.booleans())
    def answers_an_offer(self, data: st.DataObject, accepts: bool) -> None:
        one = data.draw(st.sampled_from([one for one in self.rules.there if one.offered_until]))
        assert one.offered_until
        if not accepts:
            self.change(one, changing.decline_offer, offer_days=OFFER_DAYS)
            self.rules.withdraw(one, self.now)
        elif one.offered_until < self.now:
            with pytest.raises(NotPossible):
                self.change(one, changing.accept_offer)
        else:
            self.change(one, changing.accept_offer)
            one.state, one.offered_until = "interested", None

    @precondition(lambda self: self.rules.there)
    @rule(data=st.data())
    def is_confirmed(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.rules.there))
        if one.state in ("waiting", "withdrawn"):
            with pytest.raises(NotPossible):
                self.change(one, changing.confirm)
        else:
            self.change(one, changing.confirm)
            one.state = "confirmed"

    @rule(days=st.sampled_from([0, 1, OFFER_DAYS, OFFER_DAYS + 1]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)
        lapsed = self.write(lambda session: changing.expire_offers(session, self.now, self.told, offer_days=OFFER_DAYS))
        assert lapsed == self.rules.expire(self.now)

    @precondition(lambda self: max(self.rules.capacity.values()) < 3)
    @rule(hub=st.sampled_from(HUBS[:2]))
    def gets_another_place(self, hub: str) -> None:
        cohort_id = self.cohorts[hub]
        assert cohort_id

        async def work(session: AsyncSession) -> None:
            await lock_cohort(session, cohort_id)
            await session.execute(
                update(CohortRow).where(CohortRow.id == cohort_id).values(capacity=CohortRow.capacity + 1)
            )
            await offer_places(session, cohort_id, self.now, self.told, offer_days=OFFER_DAYS)

        self.write(work)
        self.rules.capacity[hub] += 1
        self.rules.offer(hub, self.now, at_most=len(SCHOOLS))

    @invariant()
    def the_database_is_as_the_rules_want_it(self) -> None:
        there, counted = self.runner.run(self.look())
        assert counted == {name: (self.rules.taken(name), capacity) for name, capacity in self.rules.capacity.items()}
        assert all(taken <= capacity for taken, capacity in counted.values())
        assert [
            (one.school_name, one.place and one.place.hub_name, one.state, one.offered_until, len(one.contacts))
            for one in there
        ] == [(one.school, one.hub, one.state, one.offered_until, len(one.people)) for one in self.rules.there]
        assert [note for note in self.told.notes if note[0] == "place_offered"] == self.rules.told
        self.now += timedelta(minutes=1)

    async def look(self) -> tuple[list[Any], dict[str, tuple[int, int]]]:
        async with self.database.reading() as session:
            columns = (HubRow.name, CohortRow.taken, CohortRow.capacity)
            rows = await session.execute(select(*columns).join(HubRow, HubRow.id == CohortRow.hub_id))
            counted = {name: (taken, capacity) for name, taken, capacity in rows}
            return await listed(session, hub=None, state=None, year=YEAR), counted

    def change(self, one: Expected, change: Callable[..., Any], **more: int) -> None:
        async def work(session: AsyncSession) -> None:
            there = await listed(session, hub=None, state=None, year=YEAR)
            id_ = there[self.rules.there.index(one)].id
            await change(session, id_, "applicant", "because", self.now, self.told, **more)

        self.write(work)


def test_whatever_happens_every_place_is_accounted_for(database_url: str) -> None:
    run_state_machine_as_test(
        lambda: PlaceHolding(database_url),
        settings=settings(
            max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
