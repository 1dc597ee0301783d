"""Finding a school by what people type, with the same answers from both databases."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.example_data import SAMPLE
from bot.schools.register_file import open_register
from bot.schools.school import School
from bot.schools.search import Found, by_urn, find, is_clear
from bot.store.database import Database
from bot.store.migrate import upgrade
from tests.conftest import drop_postgres_database, new_postgres_database
from tests.school_register import import_path, register_text, school, write_register

SCHOOLS = (
    school(100001, "St Mary's CofE Primary School", town="Barnet", postcode="EN4 8SR", la="Barnet"),
    school(100002, "St Mary's Catholic Primary School", town="Luton", postcode="LU1 1AA", la="Luton"),
    school(100003, "St Mary's Church of England High School", town="Barnet", postcode="EN5 1AB", phase="Secondary"),
    school(100004, "Fairview Primary School", town="Gillingham", postcode="ME8 0NU", la="Medway"),
    school(100005, "Hollybush Primary School", town="Hertford", postcode="SG14 2DF", la="Hertfordshire"),
    school(100006, "Cromer Road Primary School", town="Barnet", postcode="EN5 5HT", la="Barnet"),
    school(100007, "Holly Bank School", town="Chester", postcode="CH1 2DE", phase="Not applicable"),
    school(100008, "St Joseph's RC Primary School", town="Leeds", postcode="LS1 1AA"),
    school(100009, "St Joseph's RC Primary School", town="Hull", postcode="HU1 1AA"),
    school(100010, "École Primaire Jacques Prévert", town="London", postcode="W6 7BE"),
    school(100011, "The Grange C.P. School", town="Banbury", postcode="OX16 9YA"),
    school(100012, "Bishop's Mead J.M.I. School", town="Chelmsford", postcode="CM1 1AA"),
    school(100013, "Thornhill Primary School", town="Leeds", postcode="LS2 2BB", status="closed"),
    school(100014, "Thornhill Primary School", town="Leeds", postcode="LS2 2BB"),
    school(100015, "Wrenbury Infant School", town="Crewe", postcode="CW1 1AA", status="closed"),
    school(100016, "Marlow Lock Primary School", town="Marlow", postcode="SL7 1AA", status="proposed"),
    school(100017, "John Keats Primary School", town="London", postcode="N1 1AA"),
    school(100018, "Peter & Paul Primary School", town="Ripon", postcode="HG4 1AA"),
    school(100019, "Oakwood Primary School", town="Ripon", postcode="HG4 2AA"),
    school(100020, "Oak Bank Primary School", town="Ripon", postcode="HG4 3AA"),
    school(100021, "Wood End Primary School", town="Ripon", postcode="HG4 4AA"),
    school(100022, "Wadworth Primary School", town="Doncaster", postcode="DN11 9AP"),
    *(
        school(300000 + at, f"{''.join(letters)}lworth Primary School", town="Southtown", postcode="ST1 1AA")
        for at, letters in enumerate(product("BCDFGHKLMNPRST", "aeiou", "bdn"))
    ),
    *(school(200000 + at, f"Number {at} Primary School", town="Northtown", postcode=f"NT{at} 1AA") for at in range(1, 30)),
)  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of each kind that holds SCHOOLS; nothing here changes it."""
    folder = tmp_path_factory.mktemp("search")
    is_sqlite = request.param == "sqlite"
    url = f"sqlite+aiosqlite:///{folder}/psqm.db" if is_sqlite else asyncio.run(new_postgres_database())
    asyncio.run(upgrade(url))
    asyncio.run(import_path(url, write_register(folder / "register.csv", *SCHOOLS)))
    yield url
    if not is_sqlite:
        asyncio.run(drop_postgres_database(url))


@pytest.fixture
async def database(filled_url: str) -> AsyncIterator[Database]:
    opened = Database(filled_url)
    yield opened
    await opened.close()


async def ask(database: Database, query: str, limit: int = 8) -> list[Found]:
    async with database.reading() as session:
        return await find(session, query, limit)


@pytest.mark.parametrize(
    ("query", "urn"),
    [
        ("st marys ce barnet", 100001),
        ("ST. MARY’S C. OF E.", 100001),
        ("saint mary church of england en4", 100001),
        ("barnet marys", 100001),
        ("st marys rc luton", 100002),
        ("fairview", 100004),
        ("fairv", 100004),
        ("fairveiw primry", 100004),
        ("fair view", 100004),
        ("fairview primary doncaster", 100004),
        ("view primary gillingham", 100004),
        ("me80nu", 100004),
        ("ME8 0NU", 100004),
        ("me8", 100004),
        ("me8 0", 100004),
        ("me8 0n", 100004),
        ("fairview me8 4zz", 100004),
        ("me8 0zz", 100004),
        ("100004", 100004),
        ("URN: 100004", 100004),
        ("fairview school urn 100004", 100004),
        ("St Joseph's RC Primary School 100009", 100009),
        ("oak wood", 100019),
        ("wdaworth doncaster", 100022),
        ("wdaworth", 100022),
        ("holly bush", 100005),
        ("hollybush hertfordshire", 100005),
        ("cromer rd barnet", 100006),
        ("road cromer", 100006),
        ("joseph leeds", 100008),
        ("st joesphs hull", 100009),
        ("ecole jacques prevert", 100010),
        ("grange community primary", 100011),
        ("bishops mead jmi", 100012),
        ("jhon keats", 100017),
        ("peter and paul", 100018),
    ],
)
async def test_the_school_that_is_meant_comes_first(database: Database, query: str, urn: int) -> None:
    assert (await ask(database, query))[0].school.urn == urn


async def test_open_schools_for_primary_ages_come_first_among_equals(database: Database) -> None:
    found = [one.school for one in await ask(database, "st marys barnet")]
    assert [one.urn for one in found[:2]] == [100001, 100003]
    found = [one.school for one in await ask(database, "thornhill leeds")]
    assert [one.urn for one in found[:2]] == [100014, 100013]


@pytest.mark.parametrize(("query", "urn"), [("wrenbury infant", 100015), ("marlow lock", 100016)])
async def test_a_school_that_is_not_open_is_found_when_it_alone_fits(database: Database, query: str, urn: int) -> None:
    assert (await ask(database, query))[0].school.urn == urn


async def test_a_school_has_all_that_people_tell_it_by(database: Database) -> None:
    async with database.reading() as session:
        found = await by_urn(session, 100004)
        assert await by_urn(session, 999999) is None
    assert isinstance(found, School)
    assert (found.name, found.place, found.la) == ("Fairview Primary School", "Gillingham, ME8 0NU", "Medway")
    assert found.is_open
    assert found.teaches_primary


@pytest.mark.parametrize(
    ("query", "clear"),
    [
        ("fairview primary school", True),
        ("fairview primary gillingham", True),
        ("thornhill primary leeds", True),  # its own predecessor is no other school
        ("100013", True),
        ("st josephs", False),
        ("st josephs rc primary hull", True),
        ("fairview primary barnet", False),
        ("barnet", False),
        ("something else altogether", False),
        ("", False),
    ],
)
async def test_only_a_school_beyond_doubt_is_clear(database: Database, query: str, clear: bool) -> None:
    assert is_clear(await ask(database, query)) is clear


@pytest.mark.parametrize("query", ["", " ", "?!", "zzqx", "999999", "\u202e\x00", "'; DROP TABLE school; --", '" OR *'])
async def test_what_names_no_school_finds_none(database: Database, query: str) -> None:
    assert await ask(database, query) == []


async def test_no_more_than_wanted_are_given(database: Database) -> None:
    assert len(await ask(database, "primary school", 3)) == 3
    assert len(await ask(database, "primary school")) == 8


async def test_an_empty_register_has_no_school(sqlite_url: str) -> None:
    opened = Database(sqlite_url)
    assert await ask(opened, "st marys") == []
    await opened.close()


@pytest.fixture(scope="module")
def real_part(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two counties of the sample."""
    records = (record[1] for record in open_register(SAMPLE).records() if isinstance(record, tuple))
    rows = [row for row in records if row["LA (name)"] in ("Barnet", "Hertfordshire", "Luton")]
    path = tmp_path_factory.mktemp("register") / "part.csv"
    path.write_text(register_text(*rows), encoding="cp1252", newline="")
    return path


REAL_QUERIES = (
    "st marys ce barnet",
    "st marys",
    "st johns ce primary",
    "holy trinty",
    "wheathampsted st helens",
    "en5",
    "EN5 4NJ",
    "en5 4",
    "al1 3ab",
    "watford",
    "watferd grammer",
    "primary school",
    "jmi",
    "st",
    "s",
    "garden city acadamy",
    "infants hatfield",
    "our lady catholic",
    "101324",
    "roman catholic primary hemel hempsted",
    "oak wood",
    "oakwood",
    "green",
    "frogmore st albans",
)


async def test_both_databases_give_the_same_answers(sqlite_url: str, postgres_url: str, real_part: Path) -> None:
    answers = []
    for url in (sqlite_url, postgres_url):
        report = await import_path(url, real_part)
        assert report.added > 500
        opened = Database(url)
        assert "Wheathampstead" in (await ask(opened, "wheathmastead"))[0].school.locality
        answers.append([[(one.school.urn, one.score) for one in await ask(opened, query)] for query in REAL_QUERIES])
        await opened.close()
    assert answers[0] == answers[1]
    assert all(answers[0])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=120), st.text(alphabet="st marye.'5&,0nu-*\"%_", max_size=40)))
async def test_whatever_is_typed_is_answered_in_order(database: Database, query: str) -> None:
    found = await ask(database, query)
    assert len({one.school.urn for one in found}) == len(found) <= 8
    assert all(0 <= one.score <= 100 for one in found)
