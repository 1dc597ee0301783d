"""`psqm letters send`, `status`, `pause` and `resume`, as a hub leader meets them."""

import asyncio
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from bot.cli import app
from bot.hubs import school_year
from bot.letters.suppression import Suppression
from bot.settings import Settings
from bot.store.tables import CohortRow, HubRow, LetterRow, MailingRow, OutboxRow
from tests.mailings import ready_hub
from tests.registering import opened
from tests.school_register import import_path, school, write_register

RUNNER = CliRunner()
YEAR = school_year(datetime.now(UTC).date())
HEAD = "email,name,school,urn\n"
ANN = "ann@fairview.sch.uk,Ann Lee,Fairview Primary,\n"
BO = "bo@hill.sch.uk,Bo Oak,Hill Primary,\n"


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> None:
    monkeypatch.setenv("PSQM_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("PSQM_LETTER_HOURS", "00:00-24:00 daily")
    monkeypatch.setenv("PSQM_LETTER_RATE", "6000")


def psqm(*arguments: str, answer: str = "") -> str:
    """What the command prints."""
    result = RUNNER.invoke(app, ["letters", *arguments], input=answer)
    assert result.exit_code == 0, result.output
    return result.output


def refusal(*arguments: str) -> str:
    """What the command refuses with."""
    result = RUNNER.invoke(app, ["letters", *arguments])
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    return result.output


@pytest.fixture
def northfield(sqlite_url: str) -> None:
    """A hub that may write."""
    run(sqlite_url, lambda session: ready_hub(session, year=YEAR, session_on=date(YEAR + 1, 8, 31)))


def run(url: str, work: Any) -> Any:
    async def in_transaction() -> Any:
        async with opened(url) as database, database.writing() as session:
            result = await work(session)
            await session.commit()
            return result

    return asyncio.run(in_transaction())


def rows(url: str, table: Any) -> list[Any]:
    async def read(session: Any) -> list[Any]:
        return list(await session.scalars(select(table)))

    return run(url, read)


def people(tmp_path: Path, *lines: str, head: str = HEAD) -> str:
    file = tmp_path / "people.csv"
    file.write_text(head + "".join(lines))
    return str(file)


@pytest.mark.usefixtures("northfield")
def test_a_hub_leader_sends_to_a_file_and_sees_what_came_of_it(tmp_path: Path, sqlite_url: str) -> None:
    shown = psqm("send", "--hub", "northfield", "--to", people(tmp_path, ANN, BO), answer="y\n")
    assert "Send 2 letters? [y/N]" in shown
    assert "2 of 2 letters sent." in shown
    assert "mail tried" not in shown, "what is logged is for whoever runs the service"
    mails = [path.read_bytes() for path in (tmp_path / "var" / "mail").iterdir()]
    assert len(mails) == 2
    assert all(b"Rosa Lind, Northfield hub" in mail and b"/stop" in mail for mail in mails)
    status = json.loads(psqm("status", "--json"))
    assert status["in_all"] | {"letters": 2, "sent": 2, "planned": 0, "failed": 0} == status["in_all"]
    assert status["mailings"][0]["state"] == "done"
    table = psqm("status", "--hub", "Northfield")
    assert "Northfield" in table and "done" in table


@pytest.mark.usefixtures("northfield")
def test_whoever_has_the_letter_does_not_get_it_again(tmp_path: Path) -> None:
    psqm("send", "--hub", "Northfield", "--to", people(tmp_path, ANN), "--yes")
    shown = psqm("send", "--hub", "Northfield", "--to", people(tmp_path, ANN, BO), "--yes")
    assert re.search(r"had this year's letter\s+│\s+1", shown)
    assert "1 of 1 letters sent." in shown
    assert "nobody to write to" in psqm("send", "--hub", "Northfield", "--to", people(tmp_path, ANN, BO), "--yes")


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
@pytest.mark.usefixtures("northfield")
def test_nothing_is_written_unless_somebody_says_yes(tmp_path: Path, sqlite_url: str, answer: str) -> None:
    RUNNER.invoke(app, ["letters", "send", "--hub", "Northfield", "--to", people(tmp_path, ANN)], input=answer)
    assert rows(sqlite_url, MailingRow) == rows(sqlite_url, LetterRow) == []


@pytest.mark.usefixtures("northfield")
def test_a_dry_run_says_who_would_get_it_and_writes_nothing(tmp_path: Path, sqlite_url: str) -> None:
    shown = psqm(
        "send", "--hub", "Northfield", "--to", people(tmp_path, ANN, ANN, ",Cy Elm,Elm Primary,\n"), "--dry-run"
    )
    assert re.search(r"gets the letter\s+│\s+1", shown)
    assert re.search(r"stands in the file before\s+│\s+1", shown)
    assert re.search(r"has no email address in the file\s+│\s+1", shown)
    assert "Nothing was planned or sent." in shown
    assert rows(sqlite_url, MailingRow) == []


@pytest.mark.usefixtures("northfield")
def test_how_long_a_mailing_takes_is_said_before_anybody_is_asked(tmp_path: Path) -> None:
    file = people(tmp_path, ANN, BO)
    shown = psqm("send", "--hub", "Northfield", "--to", file, "--rate", "1", "--dry-run")
    assert re.search(r"the last one leaves on \w+day \d+ \w+, about \d\d:\d\d", " ".join(shown.split()))
    assert "1 letter a minute" in " ".join(shown.split())
    assert "the last one" not in psqm("send", "--hub", "Northfield", "--to", people(tmp_path, ANN), "--dry-run")


@pytest.mark.usefixtures("northfield")
def test_the_suppression_list_and_the_rate_are_kept_to(tmp_path: Path, sqlite_url: str) -> None:
    stop = Suppression(Settings().secret_key)
    run(sqlite_url, lambda session: stop.add(session, "ann@fairview.sch.uk", "unsubscribed", datetime.now(UTC)))
    shown = psqm("send", "--hub", "Northfield", "--to", people(tmp_path, ANN, BO), "--rate", "30", "--yes", "--no-wait")
    assert re.search(r"no more letters.*│\s+1", shown)
    assert [row.email for row in rows(sqlite_url, LetterRow)] == ["bo@hill.sch.uk"]
    assert [row.rate for row in rows(sqlite_url, MailingRow)] == [30]
    assert rows(sqlite_url, OutboxRow) == [], "no-wait leaves it to the service"


@pytest.mark.usefixtures("northfield")
def test_a_suppression_list_of_another_secret_key_keeps_every_letter_back(tmp_path: Path, sqlite_url: str) -> None:
    old = Suppression("the key before this one, long enough")
    run(sqlite_url, lambda session: old.add(session, "ann@fairview.sch.uk", "unsubscribed", datetime.now(UTC)))
    said = refusal("send", "--hub", "Northfield", "--to", people(tmp_path, ANN), "--yes", "--no-wait")
    assert "PSQM_SECRET_KEY" in said
    assert len(said.strip().splitlines()) == 1
    assert rows(sqlite_url, LetterRow) == rows(sqlite_url, MailingRow) == []


@pytest.mark.usefixtures("northfield")
def test_an_example_hub_writes_to_files_and_to_nobody_else(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(sqlite_url, lambda session: session.execute(update(HubRow).values(is_example=True)))
    file = people(tmp_path, ANN)
    monkeypatch.setenv("PSQM_SMTP_URL", "smtp://127.0.0.1:9")
    said = refusal("send", "--hub", "Northfield", "--to", file, "--yes", "--no-wait")
    assert "Northfield is an example and writes to nobody: add a hub with psqm hubs add" in said
    assert rows(sqlite_url, LetterRow) == rows(sqlite_url, MailingRow) == []
    monkeypatch.delenv("PSQM_SMTP_URL")
    assert "1 of 1 letters sent." in psqm("send", "--hub", "Northfield", "--to", file, "--yes")
    assert len(list((tmp_path / "var" / "mail").iterdir())) == 1


@pytest.mark.usefixtures("northfield")
def test_a_mailing_is_paused_and_resumed_by_hand(tmp_path: Path, sqlite_url: str) -> None:
    psqm("send", "--hub", "Northfield", "--to", people(tmp_path, ANN), "--yes", "--no-wait")
    assert "No mailing is paused" in refusal("resume")
    assert "goes on" in psqm("pause")
    assert "is paused: by hand." in psqm("status")
    assert "No mailing is sending" in refusal("pause")
    (mailing,) = rows(sqlite_url, MailingRow)
    assert "It goes on" in psqm("resume", mailing.id[:8])
    assert "not paused" in refusal("resume", mailing.id[:8])
    assert "no mailing" in refusal("pause", "nonsense")


@pytest.mark.usefixtures("northfield")
def test_a_closed_or_full_hub_is_said_before_anybody_is_asked(tmp_path: Path, sqlite_url: str) -> None:
    async def change(session: Any, **values: Any) -> None:
        await session.execute(update(CohortRow).values(**values))

    run(sqlite_url, lambda session: change(session, taken=10))
    file = people(tmp_path, ANN)
    assert "Every place of the hub is taken" in psqm("send", "--hub", "Northfield", "--to", file, "--dry-run")
    run(sqlite_url, lambda session: change(session, is_open=False))
    assert "closed for new schools" in psqm("send", "--hub", "Northfield", "--to", file, "--dry-run")
    run(sqlite_url, lambda session: change(session, session_on=None))
    assert "first session" in refusal("send", "--hub", "Northfield", "--to", file, "--yes")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--hub", "Northfield"), "--to FILE.csv"),
        (("--to", "FILE"), "--hub HUB"),
        (("--to", "FILE", "--near", "LS21 1AA", "--within", "5km"), "--hub HUB"),
        (("--hub", "Southfield", "--to", "FILE"), "choose one such as Northfield"),
        (("--hub", "Northfield", "--to", "FILE", "--near", "Northfield"), "go together"),
        (("--hub", "Northfield", "--to", "FILE", "--near", "Northfield", "--within", "far"), "is no distance"),
        (("--hub", "Northfield", "--to", "none.csv"), "cannot be read (No such file"),
        (("--hub", "Northfield", "--save", "x.csv"), "which area?"),
        (("--hub", "Northfield", "--to", "FILE", "--year", "2031"), "no places of 2031/32"),
    ],
)
@pytest.mark.usefixtures("northfield")
def test_what_is_missing_or_wrong_is_said_in_one_line(tmp_path: Path, arguments: tuple[str, ...], why: str) -> None:
    file = people(tmp_path, ANN)
    said = refusal("send", *(file if argument == "FILE" else argument for argument in arguments))
    assert why in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.usefixtures("northfield")
def test_a_wrong_line_of_the_file_keeps_every_letter_back(tmp_path: Path, sqlite_url: str) -> None:
    said = refusal("send", "--hub", "Northfield", "--to", people(tmp_path, ANN, "not an address,,,\n"), "--yes")
    assert 'line 3: "not an address" is no email address' in said
    assert rows(sqlite_url, LetterRow) == []


@pytest.mark.parametrize("how", ["--yes", "--dry-run"])
def test_hours_that_cannot_be_read_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, northfield: None, how: str
) -> None:
    monkeypatch.setenv("PSQM_LETTER_HOURS", "by day")
    said = refusal("send", "--hub", "Northfield", "--to", people(tmp_path, ANN), how)
    assert "PSQM_LETTER_HOURS is not usable" in said
    assert "Planned" not in said


@pytest.mark.usefixtures("northfield")
def test_the_schools_around_a_hub_are_saved_completed_and_written_to(tmp_path: Path, sqlite_url: str) -> None:
    register = write_register(
        tmp_path / "register.csv",
        school(100001, "Near Primary", Street="1 Mill Lane", Easting="500100", Northing="200000"),
        school(100002, "Farther Primary", Easting="509000", Northing="200000"),
        school(100003, "Too Far Primary", Easting="516000", Northing="200000"),
        school(100004, "Closed Primary", status="closed", Easting="500200", Northing="200000"),
        school(100005, "Big School", phase="Secondary", Easting="500300", Northing="200000"),
    )
    asyncio.run(import_path(sqlite_url, register))
    area = tmp_path / "area.csv"
    near = ("--near", "Northfield", "--within", "15km")
    assert "2 primary schools within 15km" in psqm("send", *near, "--save", str(area))
    assert "is there already" in refusal("send", *near, "--save", str(area))
    lines = area.read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[2] for line in lines[1:]] == ["Near Primary", "Farther Primary"]
    assert "no email addresses" in refusal("send", *near)

    completed = [lines[0], "ann@near.sch.uk" + lines[1], lines[2], "cy@far.sch.uk,,,100003,,,", BO.strip() + ",,,"]
    area.write_text("\n".join(completed))
    shown = psqm("send", *near, "--to", str(area), "--yes")
    assert re.search(r"has no email address in the file\s+│\s+1", shown)
    assert re.search(r"is not in the area.*│\s+2", shown)
    (letter,) = rows(sqlite_url, LetterRow)
    assert (letter.email, letter.school_name, letter.school_address, letter.school_town) == (
        "ann@near.sch.uk", "Near Primary", "1 Mill Lane", "Millbrook"
    )  # fmt: skip
