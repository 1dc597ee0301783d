"""Finding a school over HTTP: the widget's list, and the page without JavaScript."""

import sqlite3
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest

from bot.schools.school import LICENCE
from tests.api.conftest import problem
from tests.conftest import Client, StartService
from tests.school_register import import_path, school, write_register

SCHOOLS = (
    school(100001, "St Mary's CofE Primary School", town="Barnet", postcode="EN4 8SR", la="Barnet"),
    school(100002, "<b>Fairview</b> & Co Primary", town="Luton", postcode="LU1 1AA", la="Luton", status="closed"),
    school(100003, "Valley High School", town="Luton", postcode="LU2 2AA", la="Luton", phase="Secondary"),
    school(100004, "<b>Fairview</b> & Co Primary", town="Luton", postcode="LU1 1AA", la="Luton"),
    school(100005, "Wren Infant School", status="closed", postcode="ZZ9 9ZZ"),
)


@pytest.fixture
async def register(sqlite_url: str, tmp_path: Path) -> str:
    """The address of a database with schools."""
    await import_path(sqlite_url, write_register(tmp_path / "register.csv", *SCHOOLS))
    return sqlite_url


@pytest.fixture
async def visitor(start_service: StartService, register: str) -> Client:
    return await start_service(register, allowed_origins="https://www.school.example")


async def test_the_list_has_what_the_widget_shows(visitor: Client) -> None:
    response = await visitor.get("/api/schools", params={"q": "st marys ce barnet"})
    assert response.status == 200
    assert (await response.json())["schools"][0] == {
        "urn": 100001,
        "name": "St Mary's CofE Primary School",
        "town": "Barnet",
        "postcode": "EN4 8SR",
        "la": "Barnet",
        "status": "open",
        "teaches_primary": True,
    }


async def test_a_school_that_is_not_there_is_an_empty_list(visitor: Client) -> None:
    assert await (await visitor.get("/api/schools?q=zzqx")).json() == {"schools": []}


@pytest.mark.parametrize("query", ["", "?q=", "?q=a", f"?q={'a' * 101}", "?q=ab&q=cd", "?q=ab&x=1", "?name=ab"])
async def test_what_cannot_be_looked_for_is_told(visitor: Client, query: str) -> None:
    await problem(await visitor.get(f"/api/schools{query}"), 400, "malformed")


async def test_the_list_may_be_read_by_the_sites_that_embed_the_widget(visitor: Client) -> None:
    allowed = await visitor.get("/api/schools?q=barnet", headers={"Origin": "https://www.school.example"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://www.school.example"
    other = await visitor.get("/api/schools?q=barnet", headers={"Origin": "https://elsewhere.example"})
    assert "Access-Control-Allow-Origin" not in other.headers


async def test_looking_up_is_limited_for_an_address(start_service: StartService, register: str) -> None:
    client = await start_service(register, rate_limit=100, address_rate_limit=2)
    statuses = [(await client.get("/api/schools?q=barnet")).status for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert (await client.get("/schools?q=barnet")).status == 429
    assert (await client.get("/schools")).status == 200


async def test_a_database_that_is_away_is_told_politely_until_it_is_back(visitor: Client, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "psqm.db", isolation_level=None)) as other:
        other.execute("ALTER TABLE school_word RENAME TO away")
        await problem(await visitor.get("/api/schools?q=barnet"), 503, "unavailable")
        page = await visitor.get("/schools?q=barnet")
        assert page.status == 503
        assert "office@tqm.example" in await page.text()
        other.execute("ALTER TABLE away RENAME TO school_word")
    assert (await visitor.get("/api/schools?q=barnet")).status == 200


async def test_the_page_shows_name_town_postcode_and_authority(visitor: Client) -> None:
    response = await visitor.get("/schools", params={"q": "valley high"})
    text = unescape(await response.text())
    assert response.status == 200
    for shown in ("Valley High School", "Luton, LU2 2AA", "URN 100003", "Does not teach primary ages", LICENCE):
        assert shown in text
    assert 'value="valley high"' in text


async def test_the_page_leads_from_a_closed_school_to_its_successor(visitor: Client) -> None:
    text = await (await visitor.get("/schools?q=100002")).text()
    assert "Closed. Its place was taken by" in text
    assert '<a href="/schools?q=100004">URN 100004</a>' in text
    alone = await (await visitor.get("/schools?q=wren")).text()
    assert "Closed.</p>" in alone


async def test_the_page_begins_with_a_form_alone(visitor: Client) -> None:
    text = await (await visitor.get("/schools")).text()
    assert '<form class="compose" method="get" action="/schools"' in text
    assert "<script" not in text
    assert "No school found" not in text


async def test_the_page_says_so_when_it_finds_none(visitor: Client) -> None:
    text = await (await visitor.get("/schools", params={"q": "zzqx"})).text()
    assert "No school found" in text
    assert "office@tqm.example" in text


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", '"><img src=x>', "{{ 7 * 7 }}"])
async def test_what_is_typed_is_never_markup(visitor: Client, typed: str) -> None:
    text = await (await visitor.get("/schools", params={"q": typed})).text()
    assert typed in unescape(text)
    assert "<script" not in text
    assert "<img" not in text


async def test_a_name_is_never_markup(visitor: Client) -> None:
    text = await (await visitor.get("/schools?q=fairview")).text()
    assert "<b>Fairview</b>" not in text
    assert "&lt;b&gt;Fairview&lt;/b&gt; &amp; Co Primary" in text


@pytest.mark.parametrize("typed", ["a", "a" * 101])
async def test_the_page_tells_what_cannot_be_looked_for(visitor: Client, typed: str) -> None:
    response = await visitor.get("/schools", params={"q": typed})
    assert response.status == 400
    assert "2 to 100 characters" in await response.text()
