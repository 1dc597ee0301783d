"""What the office sees of the outbox, and does: `psqm outbox` and `psqm doctor`."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.doctor import examine
from bot.outbox.leasing import settle, take
from bot.outbox.retry import Decision
from bot.settings import Settings
from bot.store.database import Database
from tests.mails import a_mail, put, rows

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def outbox(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with a mail that was sent, one that failed and one that waits to be sent; returns its address."""
    monkeypatch.setenv("PSQM_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "250")
    asyncio.run(fill(database_url))
    return database_url


async def fill(database_url: str) -> None:
    database = Database(database_url)
    failed = Decision("failed", NOW, "the mail server refuses the recipient with 550: [b]no[/b] such person")
    for n, decision in enumerate((Decision("sent", NOW), failed)):
        await put(database, a_mail(str(n), recipient=f"head{n}@school.example", subject=f"[bold]Subject {n}"), at=NOW)
        async with database.writing() as session:
            mail = await take(session, "me", NOW, NOW)
            assert mail and await settle(session, mail.id, "me", decision, NOW)
            await session.commit()
    await put(database, a_mail("2", recipient="head2@school.example"), at=NOW)
    await database.close()


def psqm(*words: str) -> Result:
    return CliRunner().invoke(app, ["outbox", *words])


async def states(database_url: str) -> list[tuple[str, int]]:
    database = Database(database_url)
    try:
        return [(row.state, row.attempts) for row in await rows(database)]
    finally:
        await database.close()


def number_of(recipient: str) -> str:
    [number] = [
        mail["id"] for mail in json.loads(psqm("list", "--all", "--json").output) if mail["recipient"] == recipient
    ]
    return str(number)


def test_the_list_shows_what_has_not_left_and_why(outbox: str) -> None:
    shown = psqm("list").output
    assert "head1@school.example" in shown and "head2@school.example" in shown
    assert "head0@school.example" not in shown
    assert "with 550: [b]no[/b] such person" in shown
    assert "24 Nov 09:00" in shown


def test_the_list_of_failures_is_json_for_scripts(outbox: str) -> None:
    [failed] = json.loads(psqm("list", "--failed", "--json").output)
    assert (failed["recipient"], failed["state"], failed["attempts"]) == ("head1@school.example", "failed", 1)
    assert failed["created_at"] == "2026-11-24T09:00:00+00:00"


def test_a_failed_mail_is_sent_again_as_if_for_the_first_time(outbox: str) -> None:
    done = psqm("retry", number_of("head1@school.example"))
    assert (done.exit_code, done.output) == (0, "1 mail will be sent again.\n")
    assert asyncio.run(states(outbox)) == [("sent", 1), ("queued", 0), ("queued", 0)]


def test_all_failed_mails_are_sent_again_and_nothing_else(outbox: str) -> None:
    assert psqm("retry", "--all").output == "1 mail will be sent again.\n"
    assert psqm("retry", "--all").output == "0 mails will be sent again.\n"
    assert asyncio.run(states(outbox)) == [("sent", 1), ("queued", 0), ("queued", 0)]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("retry",), "Give the number of one mail, or --all"),
        (("retry", "1", "--all"), "Give the number of one mail, or --all"),
        (("retry", "987654321"), "There is no mail 987654321."),
        (("list", "--failed", "--all"), "Give --failed or --all, not both."),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(outbox: str, words: tuple[str, ...], says: str) -> None:
    done = psqm(*words)
    assert done.exit_code == 2
    assert says in done.output
    assert done.output.count("\n") == 1


def test_a_mail_that_was_sent_is_not_sent_again(outbox: str) -> None:
    done = psqm("retry", number_of("head0@school.example"))
    assert done.exit_code == 2
    assert "is sent, not failed: nothing to do." in done.output
    assert asyncio.run(states(outbox))[0] == ("sent", 1)


def test_an_empty_outbox_says_so(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSQM_DATABASE_URL", database_url)
    assert psqm("list").output == "No mail waits.\n"
    assert psqm("list", "--json").output == "[]\n"


async def findings(**settings: object) -> dict[str, str]:
    found = await examine(Settings(engine_url="http://127.0.0.1:9", **settings))
    return {finding.what: f"{finding.state}: {finding.says}" for finding in found}


def test_the_doctor_notes_what_could_not_be_delivered(outbox: str) -> None:
    found = asyncio.run(findings())
    assert found["outbox"] == "note: 1 could not be delivered: `psqm outbox list --failed` says why"


async def test_the_doctor_says_where_mail_goes(database_url: str, tmp_path: Path) -> None:
    found = await findings(database_url=database_url)
    assert found["mail"] == f"note: kept as files in {tmp_path / 'var' / 'mail'}: set PSQM_SMTP_URL to send it"
    assert found["outbox"] == "ok: everything is sent"
    found = await findings(database_url=database_url, smtp_url="smtp://mail.tqm.example")
    assert found["mail"].startswith("ok: ")


@pytest.mark.parametrize("wrong", [{"smtp_url": "mail.tqm.example"}, {"mail_from": "Office <office@tqm.example>"}])
async def test_the_doctor_finds_a_mail_setting_that_cannot_work(sqlite_url: str, wrong: dict[str, str]) -> None:
    found = await findings(database_url=sqlite_url, **wrong)
    assert found["mail"].startswith("broken: PSQM_")
