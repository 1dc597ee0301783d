"""Hubs: their years, which is nearest, where a postcode is, and what of them may change."""

from collections.abc import AsyncIterator
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs import HubProblem, add_hub, add_leader, changing, nearest, place_of, school_year, whereabouts
from bot.hubs.adding import add_cohort
from bot.hubs.entry import read
from bot.hubs.file import FileRefused, enter_hubs, read_hubs
from bot.hubs.listing import listed
from bot.hubs.year import said
from bot.store.tables import LeaderRow, SchoolRow
from tests.registering import NOW, YEAR, application, new_hub, opened, register

MILE = 1609


@pytest.fixture
async def session(database_url: str) -> AsyncIterator[AsyncSession]:
    """A transaction that is never kept."""
    async with opened(database_url) as database, database.writing() as session:
        yield session


@pytest.fixture
async def sqlite_session(sqlite_url: str) -> AsyncIterator[AsyncSession]:
    """The same on SQLite alone, for what is decided before the database is asked."""
    async with opened(sqlite_url) as database, database.writing() as session:
        yield session


@pytest.mark.parametrize(
    ("today", "year"),
    [(date(2026, 9, 1), 2026), (date(2026, 8, 31), 2025), (date(2027, 1, 1), 2026), (date(2026, 12, 31), 2026)],
)
def test_a_school_year_begins_in_september(today: date, year: int) -> None:
    assert school_year(today) == year


def test_a_school_year_is_said_with_both_its_years() -> None:
    assert [said(2026), said(2099), said(2009)] == ["2026/27", "2099/00", "2009/10"]


async def test_the_nearest_open_hubs_come_first_full_or_not(session: AsyncSession) -> None:
    await new_hub(session, "Far", easting=500_000 + 30 * MILE)
    await new_hub(session, "Near", easting=500_000, northing=200_000 + 2 * MILE, session_on=date(2027, 1, 14))
    await new_hub(session, "Too far", easting=500_000 + 41 * MILE)
    await new_hub(session, "Closed", is_open=False)
    await new_hub(session, "Next year", year=YEAR + 1)
    found = await nearest(session, 500_000, 200_000, YEAR, 40)
    assert [(nearby.place.hub_name, round(nearby.miles or 0)) for nearby in found] == [("Near", 2), ("Far", 30)]
    assert found[0].place.session_on == date(2027, 1, 14)
    assert found[0].place == await place_of(session, found[0].place.cohort_id)


async def test_a_full_hub_is_still_found(database_url: str) -> None:
    async with opened(database_url) as database:
        async with database.writing() as session:
            cohort_id = await new_hub(session, capacity=1)
            await session.commit()
        await register(database, application(cohort_id=cohort_id))
        async with database.reading() as session:
            (found,) = await nearest(session, 500_000, 200_000, YEAR, 1)
    assert (found.place.left, found.miles) == (0, 0)


async def test_without_a_point_all_hubs_are_found_by_name(session: AsyncSession) -> None:
    for name in ("Birch", "Ash"):
        await new_hub(session, name)
    found = await nearest(session, None, None, YEAR, 40)
    assert [(nearby.place.hub_name, nearby.miles) for nearby in found] == [("Ash", None), ("Birch", None)]


async def test_an_unknown_cohort_has_no_place(session: AsyncSession) -> None:
    assert await place_of(session, "none") is None


async def test_a_leader_is_known_by_email(session: AsyncSession) -> None:
    first = await add_leader(session, "Rosa Lind", "Rosa@Hubs.Example")
    assert await add_leader(session, " Rosa Linden ", "rosa@hubs.example") == first
    assert (await session.execute(select(LeaderRow.name, LeaderRow.email))).one() == (
        "Rosa Linden",
        "rosa@hubs.example",
    )


@pytest.mark.parametrize(
    ("name", "email", "says"),
    [
        ("Rosa Lind", "rosa.hubs.example", "no email address"),
        ("Rosa Lind", "rosa@hubs.example\nBcc: x@x.example", "no email address"),
        ("R", "rosa@hubs.example", "2 to 100 characters"),
        ("Rosa\nLind", "rosa@hubs.example", "one line"),
        ("R" * 101, "rosa@hubs.example", "2 to 100 characters"),
    ],
)
async def test_a_leader_without_a_usable_name_or_email_is_refused(
    sqlite_session: AsyncSession, name: str, email: str, says: str
) -> None:
    with pytest.raises(HubProblem, match=says):
        await add_leader(sqlite_session, name, email)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": "northFIELD"}, "already"),
        ({"leader_email": "nobody@hubs.example"}, "psqm leaders add"),
        ({"capacity": 0}, "at least one place"),
        ({"session_at": time(13)}, "give its date"),
        ({"session_venue": "x" * 201}, "venue"),
        ({"name": "x"}, "2 to 100"),
    ],
)
async def test_a_hub_that_cannot_be_is_refused(sqlite_session: AsyncSession, wrong: dict[str, Any], says: str) -> None:
    await new_hub(sqlite_session, "Northfield")
    about = {"name": "Southfield", "leader_email": "rosa@hubs.example", "postcode": "", "easting": 1, "northing": 1}
    about |= {"year": YEAR, "capacity": 2, "now": NOW}
    with pytest.raises(HubProblem, match=says):
        await add_hub(sqlite_session, **(about | wrong))


async def add_school(session: AsyncSession, urn: int, postcode: str, easting: int | None, northing: int | None) -> None:
    texts = dict.fromkeys(("name", "street", "locality", "town", "county", "la", "phase", "type"), "")
    there = {"urn": urn, "postcode": postcode, "easting": easting, "northing": northing}
    await session.execute(insert(SchoolRow).values(**texts, **there, status="open", teaches_primary=True))


async def test_a_postcode_is_where_its_schools_are(session: AsyncSession) -> None:
    await add_school(session, 1, "XX2 3BB", 500_000, 200_000)
    await add_school(session, 2, "XX2 3BB", 500_100, 200_200)
    await add_school(session, 3, "XX2 3BB", None, None)
    await add_school(session, 4, "XX2 3CC", 500_900, 200_500)
    await add_school(session, 5, "XX2 4BB", 100_000, 100_000)
    assert await whereabouts.of_postcode(session, "xx23bb") == (500_050, 200_100)
    assert await whereabouts.of_postcode(session, "XX2 3ZZ") == (500_333, 200_233)
    with pytest.raises(HubProblem, match="give --easting and --northing"):
        await whereabouts.of_postcode(session, "XX2 9ZZ")


@pytest.mark.parametrize("postcode", ["", "XX2", "XX2 3B", "12345", "XX2 3BBB", "XX%_3BB"])
async def test_what_is_no_full_postcode_is_refused(sqlite_session: AsyncSession, postcode: str) -> None:
    with pytest.raises(HubProblem, match="no full postcode"):
        await whereabouts.of_postcode(sqlite_session, postcode)


@pytest.mark.parametrize(("easting", "northing"), [(-1, 5), (700_001, 5), (5, 1_300_001)])
def test_a_point_outside_the_grid_is_refused(easting: int, northing: int) -> None:
    with pytest.raises(HubProblem, match="not on the British National Grid"):
        whereabouts.check_grid(easting, northing)


async def test_the_capacity_does_not_go_below_what_is_taken(database_url: str) -> None:
    async with opened(database_url) as database:
        async with database.writing() as session:
            cohort_id = await new_hub(session, capacity=3)
            await session.commit()
        for n in range(2):
            await register(database, application(f"School {n}", cohort_id))
        async with database.writing() as session:
            await changing.set_capacity(session, cohort_id, 2)
            with pytest.raises(HubProblem, match="2 places are taken"):
                await changing.set_capacity(session, cohort_id, 1)
            place = await place_of(session, cohort_id)
    assert place is not None
    assert (place.capacity, place.taken) == (2, 2)


async def test_a_hub_is_renamed_and_led_by_another(session: AsyncSession) -> None:
    await new_hub(session, "Northfield")
    await new_hub(session, "Southfield")
    await add_leader(session, "Kit Moor", "kit@hubs.example")
    hub_id = await changing.hub_named(session, " northfield ")
    await changing.rename(session, hub_id, "NORTHFIELD")
    with pytest.raises(HubProblem, match="already"):
        await changing.rename(session, hub_id, "Southfield")
    await changing.give_leader(session, hub_id, "KIT@hubs.example")
    (year,) = await listed(session, hub_id=hub_id)
    assert (year.place.hub_name, year.place.leader_name) == ("NORTHFIELD", "Kit Moor")
    with pytest.raises(HubProblem, match="no hub named.*NORTHFIELD"):
        await changing.hub_named(session, "Westfield")


async def test_a_hub_gets_a_year_once(session: AsyncSession) -> None:
    await new_hub(session, "Northfield")
    hub_id = await changing.hub_named(session, "Northfield")
    with pytest.raises(HubProblem, match="--new-year"):
        await changing.cohort_of(session, hub_id, YEAR + 1)
    cohort_id = await add_cohort(session, hub_id, year=YEAR + 1, capacity=5)
    assert await changing.cohort_of(session, hub_id, YEAR + 1) == cohort_id
    with pytest.raises(HubProblem, match=r"2027/28 already"):
        await add_cohort(session, hub_id, year=YEAR + 1, capacity=5)
    assert [year.place.year for year in await listed(session, hub_id=hub_id)] == [YEAR + 1, YEAR]


def test_everything_that_is_wrong_with_an_entry_is_said_at_once() -> None:
    with pytest.raises(HubProblem) as refused:
        read({"name": "Northfield", "easting": "12x", "session_on": "31/02/2027", "session_at": "noon", "fee": "1"})
    assert set(str(refused.value).split("; ")) == {
        "leader_email is missing",
        "easting should be a whole number",
        "session_on should be a date such as 2027-01-14 or 14/01/2027",
        "session_at should be a time such as 13:30",
        "fee is not known here",
    }


GOOD = (
    "name,leader_email,leader_name,easting,northing,capacity,session_on,session_at,session_venue\r\n"
    "Northfield,rosa@hubs.example,Rosa Lind,500000,200000,,,,\r\n\r\n"
    'Ysgol y Môr,rosa@hubs.example,,510000,200000,4,14/01/2027,13:30,"The hall, upstairs"\r\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
async def test_many_hubs_come_from_one_file(session: AsyncSession, encoding: str) -> None:
    await enter_hubs(session, read_hubs(GOOD.encode(encoding)), year=YEAR, capacity=7, now=NOW)
    first, second = [hub.place for hub in await listed(session)]
    assert (first.hub_name, first.year, first.capacity, first.session_on) == ("Northfield", YEAR, 7, None)
    assert (second.hub_name, second.capacity, second.leader_name) == ("Ysgol y Môr", 4, "Rosa Lind")
    assert (second.session_on, second.session_at, second.session_venue) == (
        date(2027, 1, 14),
        time(13, 30),
        "The hall, upstairs",
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "line 1: the column name is missing"),
        ("name,email\n", 'line 1: the column "email" is not known'),
        ("name,leader_email,name\n", "line 1: the column name is there twice"),
        ("name,leader_email\n", "there is no hub in it"),
        ("name,leader_email\nNorth,a@x.example,500000\n", "line 2: there are more values than columns"),
        ("name,leader_email,capacity\nNorth,a@x.example,many\n", "line 2: capacity should be a whole number"),
        ("name,leader_email\n\n,a@x.example\n", "line 3: name is missing"),
        ('name,leader_email\n"North,a@x.example\n', "this is no CSV"),
        ("name\0", "save it again as CSV UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(content: str, says: str) -> None:
    with pytest.raises(FileRefused, match="Nothing was written") as refused:
        read_hubs(content.encode())
    assert says in str(refused.value)


async def test_every_wrong_line_is_named(session: AsyncSession) -> None:
    lines = read_hubs(
        b"name,leader_email,leader_name,postcode,easting,northing\n"
        b"Ash,rosa@hubs.example,Rosa Lind,,500000,200000\n"
        b"ASH,rosa@hubs.example,,,500000,200000\n"
        b"Birch,nobody@hubs.example,,,500000,200000\n"
        b"Cedar,rosa@hubs.example,,,500000,\n"
        b"Dogwood,rosa@hubs.example,,,,\n"
        b"Elder,rosa@hubs.example,,XX1 1AA,,\n"
    )
    with pytest.raises(FileRefused) as refused:
        await enter_hubs(session, lines, year=YEAR, capacity=7, now=NOW)
    said_of = dict(line.split(": ", 1) for line in str(refused.value).splitlines()[1:])
    assert list(said_of) == [f"line {n}" for n in range(3, 8)]
    words = ("already", "psqm leaders add", "only help together", "where is the hub", "No school of the register")
    assert [word in said_of[f"line {n}"] for n, word in enumerate(words, 3)] == [True] * 5
