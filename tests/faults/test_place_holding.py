"""Many at once after the same places: never one too many, never a school twice."""

import asyncio
import json
import random
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.registrations import changing
from bot.registrations.changing import NotPossible
from bot.registrations.reading import listed, registration
from bot.store.database import Database
from tests.crowd import crowd
from tests.registering import NOW, OFFER_DAYS, YEAR, Told, application, held, new_hub, opened, register, taken

CLIENTS = 40
ROUNDS = 3


async def new_hubs(url: str, count: int, capacity: int) -> list[str]:
    """Adds hubs and returns their cohorts."""
    async with opened(url) as database, database.writing() as session:
        cohorts = [await new_hub(session, f"Hub {n}", capacity=capacity) for n in range(count)]
        await session.commit()
    return cohorts


async def assert_sound(url: str, cohorts: list[str], *, capacity: int) -> None:
    """Each cohort counts the places that are really held, and not one too many; no school is there twice."""
    async with opened(url) as database:
        for cohort in cohorts:
            assert await taken(database, cohort) == await held(database, cohort) <= capacity
        async with database.reading() as session:
            there = await listed(session, hub=None, state=None, year=YEAR)
    live = Counter(found.school_name for found in there if found.state != "withdrawn")
    assert max(live.values(), default=1) == 1


async def test_of_many_after_the_last_place_one_gets_it(database_url: str) -> None:
    cohorts = await new_hubs(database_url, ROUNDS, capacity=1)
    for outcomes in await crowd(database_url, 0, CLIENTS, cohorts):
        assert Counter(outcomes) == {"held": 1, "waiting": CLIENTS - 1}
    await assert_sound(database_url, cohorts, capacity=1)


async def test_two_processes_share_the_last_places(database_url: str) -> None:
    cohorts = await new_hubs(database_url, ROUNDS, capacity=2)
    command = (sys.executable, "-m", "tests.crowd", database_url)
    processes = [
        await asyncio.create_subprocess_exec(*command, str(first), "10", *cohorts, stdout=PIPE) for first in (0, 10)
    ]
    printed = [json.loads((await process.communicate())[0]) for process in processes]
    for one, other in zip(*printed, strict=True):
        assert Counter(one + other) == {"held": 2, "waiting": 18}
    await assert_sound(database_url, cohorts, capacity=2)


async def test_a_school_that_comes_many_times_at_once_is_there_once(database_url: str) -> None:
    (cohort,) = await new_hubs(database_url, 1, capacity=10)
    told = Told()
    async with opened(database_url) as one, opened(database_url) as other:
        registered = await asyncio.gather(
            *(
                register(database, application(cohort_id=cohort, email=f"{n % 4}@fairview.example"), told)
                for n, database in enumerate([one, other] * 8)
            )
        )
    assert Counter(each.outcome for each in registered) == {"held": 1, "joined": 3, "already": 12}
    assert len({each.registration.id for each in registered}) == 1
    assert Counter(kind for kind, _ in told.notes) == {"registered": 1, "joined": 3}
    await assert_sound(database_url, [cohort], capacity=1)


async def test_one_person_may_register_several_schools_at_once(database_url: str) -> None:
    cohorts = await new_hubs(database_url, 2, capacity=10)
    async with opened(database_url) as one, opened(database_url) as other:
        registered = await asyncio.gather(
            *(
                register(database, application(f"School {n}", cohorts[n % 2]))
                for n, database in enumerate([one, other, other, one] * 3)
            )
        )
    assert {each.outcome for each in registered} == {"held"}
    assert len({each.registration.contacts[0].person_id for each in registered}) == 1


class Meanwhile(Told):
    """Starts something else before the transaction that tells it anything ends, and gives it the time to get in the way."""

    def __init__(self, other: Callable[[], Awaitable[object]]) -> None:
        super().__init__()
        self.other = other
        self.task: asyncio.Task[object] | None = None

    async def _start(self, *_: object) -> None:
        self.task = asyncio.ensure_future(self.other())  # type: ignore[arg-type]
        await asyncio.wait([self.task], timeout=0.3)

    waiting = registered = _start


async def withdraw(database: Database, id_: str) -> None:
    async with database.writing() as session:
        await changing.withdraw(session, id_, "applicant", "", NOW, Told(), offer_days=OFFER_DAYS)
        await session.commit()


async def test_a_place_that_is_freed_while_somebody_joins_the_waiting_list_is_offered_to_them(
    database_url: str,
) -> None:
    (cohort,) = await new_hubs(database_url, 1, capacity=1)
    async with opened(database_url) as one, opened(database_url) as other:
        first = await register(one, application("Ash", cohort))
        meanwhile = Meanwhile(lambda: withdraw(other, first.registration.id))
        second = await register(one, application("Birch", cohort), meanwhile)
        assert meanwhile.task
        await meanwhile.task
        async with one.reading() as session:
            offered = await registration(session, second.registration.id)
    assert (second.outcome, offered.offered_until) == ("waiting", NOW + timedelta(days=OFFER_DAYS))
    await assert_sound(database_url, [cohort], capacity=1)


async def test_a_school_that_withdraws_while_it_gets_a_place_of_another_hub_gives_that_back(database_url: str) -> None:
    cohorts = await new_hubs(database_url, 2, capacity=1)
    async with opened(database_url) as one, opened(database_url) as other:
        await register(one, application("Ash", cohorts[0]))
        waits = await register(one, application("Birch", cohorts[0]))
        meanwhile = Meanwhile(lambda: withdraw(other, waits.registration.id))
        held_now = await register(one, application("Birch", cohorts[1]), meanwhile)
        assert meanwhile.task
        await meanwhile.task
        assert [await taken(one, cohort) for cohort in cohorts] == [1, 0]
    assert held_now.outcome == "held"
    await assert_sound(database_url, cohorts, capacity=1)


async def test_everything_at_once_leaves_every_place_accounted_for(database_url: str) -> None:
    cohorts = await new_hubs(database_url, 2, capacity=2)
    chance = random.Random(4)
    schools = [f"School {n}" for n in range(8)]
    told = Told()

    async def comes(database: Database) -> None:
        email = f"{chance.randrange(3)}@people.example"
        wanted = application(chance.choice(schools), chance.choice([*cohorts, None]), email=email)
        await register(database, wanted, told)

    async def does(database: Database, change: Callable[[AsyncSession], Awaitable[object]]) -> None:
        try:
            async with database.writing() as session:
                await change(session)
                await session.commit()
        except NotPossible:
            pass

    async def changes(database: Database) -> None:
        async with database.reading() as session:
            listing = await listed(session, hub=None, state=None, year=YEAR)
        if not (there := [found for found in listing if found.state != "withdrawn"]):
            return
        id_, offer = chance.choice(there).id, {"offer_days": OFFER_DAYS}
        change = chance.choice(
            [
                lambda session: changing.withdraw(session, id_, "applicant", "", NOW, told, **offer),
                lambda session: changing.accept_offer(session, id_, "applicant", "", NOW, told),
                lambda session: changing.decline_offer(session, id_, "applicant", "", NOW, told, **offer),
                lambda session: changing.confirm(session, id_, "leader", "", NOW, told),
                lambda session: changing.expire_offers(
                    session, NOW + timedelta(days=chance.choice([0, 8])), told, **offer
                ),
            ]
        )
        await does(database, change)

    async def client(database: Database) -> None:
        for _ in range(4):
            await chance.choice([comes, changes])(database)

    everything = {"registered", "waiting", "joined", "withdrawn", "place_offered", "offer_lapsed", "confirmed"}
    async with opened(database_url) as one, opened(database_url) as other, asyncio.timeout(20):
        while not everything <= {kind for kind, _ in told.notes}:
            await asyncio.gather(*(client(database) for database in [one, other] * 6))
            await assert_sound(database_url, cohorts, capacity=2)
