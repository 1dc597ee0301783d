"""What the office sees of the mail that arrived, and does: `psqm replies`."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.replying import HEAD, a_desk, a_mail

DAMAGED = b"\0 \r\n"


@pytest.fixture(autouse=True)
def arrived(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database with a mail that was answered and one that cannot be read."""
    monkeypatch.setenv("PSQM_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "250")
    asyncio.run(fill(database_url))


async def fill(database_url: str) -> None:
    async with a_desk(database_url) as desk:
        await desk.arrives(a_mail("What does it cost?"), DAMAGED)


def psqm(*words: str) -> Result:
    return CliRunner().invoke(app, ["replies", *words])


def test_what_arrived_is_listed() -> None:
    shown = psqm("list").output
    assert HEAD in shown and "answered" in shown and "unreadable" in shown
    failed = json.loads(psqm("list", "--failed", "--json").output)
    assert [(mail["state"], mail["error"]) for mail in failed] == [("failed", "empty")]


def test_what_failed_can_be_looked_at() -> None:
    (failed,) = json.loads(psqm("list", "--failed", "--json").output)
    assert psqm("show", str(failed["id"])).stdout_bytes == DAMAGED
    (answered,) = [mail for mail in json.loads(psqm("list", "--json").output) if mail["state"] == "answered"]
    refused = psqm("show", str(answered["id"]))
    assert refused.exit_code == 2 and "is kept no more" in refused.output


def test_what_failed_can_be_tried_again() -> None:
    assert "1 mail will be handled again" in psqm("retry", "--all").output
    (waits,) = [mail for mail in json.loads(psqm("list", "--json").output) if mail["state"] == "new"]
    assert waits["attempts"] == 0
    assert "Everything could be handled" in psqm("list", "--failed").output


@pytest.mark.parametrize(
    ("words", "says"),
    [(["retry"], "Give the number"), (["retry", "99"], "There is no mail 99"), (["check"], "No mailbox is set")],
)
def test_what_cannot_be_done_is_one_line(words: list[str], says: str) -> None:
    refused = psqm(*words)
    assert refused.exit_code == 2
    assert says in refused.output and refused.output.count("\n") == 1


def test_a_mail_that_was_answered_is_not_tried_again() -> None:
    (answered,) = [mail for mail in json.loads(psqm("list", "--json").output) if mail["state"] == "answered"]
    assert "is answered: nothing to do" in psqm("retry", str(answered["id"])).output


def test_a_mailbox_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PSQM_IMAP_URL", "imap://a:b@127.0.0.1:9")
    monkeypatch.setenv("PSQM_REPLY_ADDRESS", "a@h.example")
    refused = psqm("check")
    assert refused.exit_code == 2
    assert "The mailbox of PSQM_IMAP_URL cannot be reached" in refused.output
    assert "check host, port and folder there" in refused.output
