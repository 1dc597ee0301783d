"""`psqm registrations`."""

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli import app
from bot.registrations.application import Applicant, ApplyingSchool
from bot.registrations.exporting import disarmed
from tests.registering import application, new_hub, opened, register

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def ids(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> list[str]:
    """The registrations that are there: one with the only place of its hub, one that waits, one without a hub."""
    monkeypatch.setenv("PSQM_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("COLUMNS", "200")

    async def come() -> list[str]:
        async with opened(sqlite_url) as database:
            async with database.writing() as session:
                cohort = await new_hub(session, capacity=1)
                await session.commit()
            attack = Applicant("=HYPERLINK(1)", "Head", "ann@fairview.example", "+44 20 7946 0000")
            applications = [
                application('Fairview [red] "Primary"', cohort, applicant=attack),
                application("Hillside Primary", cohort, email="bo@x.example"),
                application(ApplyingSchool("@Brookside", "Barnham", "", None), None, email="cy@x.example"),
            ]
            return [(await register(database, each)).registration.id for each in applications]

    return asyncio.run(come())


def psqm(*arguments: str) -> str:
    result = RUNNER.invoke(app, ["registrations", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def refusal(*arguments: str) -> str:
    result = RUNNER.invoke(app, ["registrations", *arguments])
    assert result.exit_code == 2
    return result.output


def states() -> list[str]:
    return [one["state"] for one in json.loads(psqm("list", "--json"))]


def test_the_list_is_a_table_for_people(ids: list[str]) -> None:
    shown = psqm("list")
    for cell in (ids[0][:8], 'Fairview [red] "Primary"', "(by hand)", "2026/27", "Northfield", "none near", "waiting"):
        assert cell in shown
    assert "There is no such registration" in psqm("list", "--state", "withdrawn")


def test_the_list_is_narrowed() -> None:
    def schools(*options: str) -> list[str]:
        return [one["school_name"].split()[0] for one in json.loads(psqm("list", "--json", *options))]

    assert schools() == ["Fairview", "Hillside", "@Brookside"]
    assert schools("--hub", "northfield") == ["Fairview", "Hillside"]
    assert schools("--state", "waiting") == ["Hillside", "@Brookside"]
    assert schools("--year", "2027") == []
    assert schools("--by-hand") == schools()
    assert "no hub named" in refusal("list", "--hub", "Southfield")


def test_json_has_everything() -> None:
    first = json.loads(psqm("export", "--as", "json"))[0]
    assert (first["school_name"], first["place"]["hub_name"], first["offered_until"]) == (
        'Fairview [red] "Primary"',
        "Northfield",
        None,
    )
    assert first["contacts"][0]["email"] == "ann@fairview.example"
    assert [change["by"] for change in first["history"]] == ["applicant"]
    assert first["created_at"] == "2026-11-24T09:30:00+00:00"


def test_a_spreadsheet_is_not_attacked(tmp_path: Path) -> None:
    out = tmp_path / "schools.csv"
    psqm("export", "--out", str(out))
    assert out.read_bytes().startswith("\N{ZERO WIDTH NO-BREAK SPACE}".encode())
    first, _, third = csv.DictReader(io.StringIO(out.read_text("utf-8-sig"), newline=""))
    assert (first["school"], first["hub"], first["leader"]) == ('Fairview [red] "Primary"', "Northfield", "Rosa Lind")
    assert (first["name"], first["phone"], third["school"]) == ("'=HYPERLINK(1)", "'+44 20 7946 0000", "'@Brookside")
    assert "cannot be written" in refusal("export", "--out", str(tmp_path))


@settings(max_examples=50)
@given(st.sampled_from([*"=+-@\t\r\n", "＝", "\xa0=", "  @"]), st.text())
def test_no_cell_begins_as_a_formula(beginning: str, rest: str) -> None:
    assert disarmed(beginning + rest) == f"'{beginning}{rest}"


@pytest.mark.parametrize("cell", ["", "Fairview", "St Mary's", "a=b", "020 7946 0000", "'=1"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert disarmed(cell) == cell


def test_the_office_confirms_and_withdraws(ids: list[str]) -> None:
    assert psqm("confirm", ids[0][:8]) == 'Fairview [red] "Primary": confirmed.\n'
    assert "waiting list" in refusal("confirm", ids[1])
    psqm("withdraw", ids[0], "--why", "They moved away.")
    first, second, _ = json.loads(psqm("list", "--json"))
    assert (first["state"], second["state"], second["offered_until"] is not None) == ("withdrawn", "waiting", True)
    assert (first["history"][-1]["by"], first["history"][-1]["why"]) == ("office", "They moved away.")
    assert "place offered" in psqm("list")


def test_the_office_hands_a_school_to_a_hub(ids: list[str]) -> None:
    psqm("withdraw", ids[1])
    psqm("withdraw", ids[0])
    assert "@Brookside: interested." in psqm("assign", ids[2], "--hub", "Northfield")
    assert states() == ["withdrawn", "withdrawn", "interested"]
    assert "Only a school that waits" in refusal("assign", ids[2], "--hub", "Northfield")


def test_a_school_handed_to_a_full_hub_waits_there(ids: list[str]) -> None:
    assert "@Brookside: waiting." in psqm("assign", ids[2], "--hub", "Northfield")
    psqm("withdraw", ids[1])
    psqm("withdraw", ids[0])
    assert json.loads(psqm("list", "--json"))[2]["offered_until"] is not None


@pytest.mark.parametrize("wrong", ["nothing-like-it", "", "a%"])
def test_an_id_that_is_none_says_where_to_find_one(wrong: str) -> None:
    assert refusal("confirm", wrong) == (
        f"psqm: Of the registrations none begins with {wrong}: take an id from psqm registrations list\n"
    )
