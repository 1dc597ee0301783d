"""`psqm hubs` and `psqm leaders`."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.facts import load_facts
from bot.registrations.registering import Registered
from tests.registering import application, opened, register

RUNNER = CliRunner()
GRID = ("--easting", "500000", "--northing", "200000", "--year", "2026")


@pytest.fixture(autouse=True)
def _database(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> None:
    monkeypatch.setenv("PSQM_DATABASE_URL", sqlite_url)


def psqm(*arguments: str) -> str:
    """What the command prints."""
    result = RUNNER.invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refusal(*arguments: str) -> str:
    """The line with which the command refuses."""
    result = RUNNER.invoke(app, arguments)
    assert result.exit_code == 2
    return result.output


def hubs() -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(psqm("hubs", "list", "--json"))
    return listed


@pytest.fixture
def northfield() -> None:
    """A hub with its leader."""
    psqm("leaders", "add", "Rosa Lind", "rosa@hubs.example")
    psqm("hubs", "add", "Northfield", "--leader", "rosa@hubs.example", *GRID, "--capacity", "1")


def test_a_hub_is_added_with_its_first_session() -> None:
    psqm("leaders", "add", "Rosa Lind", "rosa@hubs.example")
    session = ("--session-on", "14/01/2027", "--session-at", "13:30", "--session-venue", "The hall")
    psqm("hubs", "add", "Northfield", "--leader", "Rosa@hubs.example", *GRID, *session)
    (hub,) = hubs()
    assert hub == {
        "hub": "Northfield",
        "is_example": False,
        "leader": {"name": "Rosa Lind", "email": "rosa@hubs.example"},
        "postcode": "",
        "easting": 500000,
        "northing": 200000,
        "year": 2026,
        "capacity": load_facts(Path("facts.yml")).facts["hub_schools"].number,
        "taken": 0,
        "left": hub["capacity"],
        "is_open": True,
        "session_on": "2027-01-14",
        "session_at": "13:30",
        "session_venue": "The hall",
    }


def test_the_list_is_a_table_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    assert "psqm leaders add" in psqm("hubs", "list")
    psqm("leaders", "add", "Rosa [bold]Lind", "rosa@hubs.example")
    psqm("hubs", "add", "Northfield", "--leader", "rosa@hubs.example", *GRID, "--capacity", "4")
    shown = psqm("hubs", "list")
    for cell in ("Northfield", "2026/27", "0 of 4 taken", "Rosa [bold]Lind", "not yet fixed"):
        assert cell in shown


def test_a_leader_has_to_be_known() -> None:
    assert refusal("hubs", "add", "Northfield", "--leader", "rosa@hubs.example", *GRID) == (
        'psqm: No leader has the email rosa@hubs.example: add them first with psqm leaders add "NAME" rosa@hubs.example\n'
    )
    assert hubs() == []


@pytest.mark.usefixtures("northfield")
def test_a_hub_is_shown_with_its_schools(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    registered = came("Fairview Primary", sqlite_url)
    shown = psqm("hubs", "show", "northfield")
    assert "1 of 1 taken" in shown and "Fairview Primary" in shown and "ann@fairview.example" in shown
    (year,) = json.loads(psqm("hubs", "show", "northfield", "--json"))
    assert year["schools"] == [
        {"registration": registered.registration.id, "name": "Fairview Primary", "state": "interested"}
    ]
    assert refusal("hubs", "show", "Southfield") == (
        'psqm: There is no hub named "Southfield": choose one such as Northfield\n'
    )


def came(school: str, url: str) -> Registered:
    """Registers a school at the only hub there is."""

    async def come() -> Registered:
        from sqlalchemy import select

        from bot.store.tables import CohortRow

        async with opened(url) as database:
            async with database.reading() as session:
                cohort_id = (await session.scalars(select(CohortRow.id))).one()
            return await register(database, application(school, cohort_id))

    return asyncio.run(come())


@pytest.mark.usefixtures("northfield")
def test_more_places_go_to_those_who_wait(sqlite_url: str) -> None:
    came("Fairview Primary", sqlite_url)
    came("Hillside Primary", sqlite_url)
    assert "offered" not in psqm("hubs", "set", "Northfield", "--year", "2026", "--session-on", "2027-01-14")
    assert "schools that wait: 1" in psqm("hubs", "set", "Northfield", "--year", "2026", "--capacity", "3")
    assert (hubs()[0]["capacity"], hubs()[0]["taken"], hubs()[0]["session_on"]) == (3, 2, "2027-01-14")
    assert "2 places are taken" in refusal("hubs", "set", "Northfield", "--year", "2026", "--capacity", "1")


@pytest.mark.usefixtures("northfield")
def test_a_closed_hub_opens_again_for_those_who_came_meanwhile(sqlite_url: str) -> None:
    psqm("hubs", "set", "Northfield", "--year", "2026", "--closed")
    came("Fairview Primary", sqlite_url)
    assert hubs()[0]["taken"] == 0
    assert "schools that wait: 1" in psqm("hubs", "set", "Northfield", "--year", "2026", "--open")


@pytest.mark.usefixtures("northfield")
def test_a_first_session_is_changed_in_part_and_taken_back() -> None:
    change = ("hubs", "set", "Northfield", "--year", "2026")
    assert "give its date" in refusal(*change, "--session-at", "13:30")
    psqm(*change, "--session-on", "2027-01-14", "--session-at", "13:30")
    psqm(*change, "--session-venue", "The hall")
    fixed = [hubs()[0][name] for name in ("session_on", "session_at", "session_venue")]
    assert fixed == ["2027-01-14", "13:30", "The hall"]
    psqm(*change, "--session-on", "none")
    assert [hubs()[0][name] for name in ("session_on", "session_at", "session_venue")] == [None, None, ""]


@pytest.mark.usefixtures("northfield")
def test_a_hub_gets_a_new_year_name_and_leader() -> None:
    psqm("leaders", "add", "Kit Moor", "kit@hubs.example")
    psqm("hubs", "set", "Northfield", "--rename", "Northern", "--leader", "kit@hubs.example")
    assert "add --new-year" in refusal("hubs", "set", "Northern", "--year", "2027", "--capacity", "6")
    psqm("hubs", "set", "Northern", "--year", "2027", "--capacity", "6", "--new-year")
    assert [(hub["hub"], hub["leader"]["name"], hub["year"], hub["capacity"]) for hub in hubs()] == [
        ("Northern", "Kit Moor", 2027, 6),
        ("Northern", "Kit Moor", 2026, 1),
    ]
    assert [hub["year"] for hub in json.loads(psqm("hubs", "list", "--year", "2026", "--json"))] == [2026]
    assert "say what to change" in refusal("hubs", "set", "Northern")


def test_a_file_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "hubs.csv"
    head = "name,leader_email,leader_name,easting,northing\n"
    good = "Northfield,rosa@hubs.example,Rosa Lind,500000,200000\n"
    file.write_text(head + good + "Southfield,rosa@hubs.example,,500000,\n")
    assert refusal("hubs", "import", str(file)).splitlines() == [
        "psqm: Nothing was written, as the file has to be corrected first:",
        "line 3: easting and northing only help together: give both, or a postcode",
    ]
    assert hubs() == []
    file.write_text(head + good)
    assert psqm("hubs", "import", str(file)) == "Hubs added: 1.\n"
    assert [hub["hub"] for hub in hubs()] == ["Northfield"]
    assert "cannot be read (No such file" in refusal("hubs", "import", str(tmp_path / "none.csv"))
