"""``psqm letters follow-up``: who would be reminded, and reminding them."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrate import upgrade
from tests.an_area import mails_of, make_mailing, send_letter
from tests.put_down import make_hub

ROOT = Path(__file__).parents[2]
UNA = "una@ash.example"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["letters", "follow-up", *arguments])


@pytest.fixture(autouse=True)
def letter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Una's letter, of fifteen days ago, in the database of the settings."""
    monkeypatch.setenv("PSQM_FACTS_PATH", str(ROOT / "facts.yml"))
    monkeypatch.setenv("PSQM_LETTER_HOURS", "00:00-24:00 daily")

    async def prepare() -> None:
        settings, now = Settings(), datetime.now(UTC)
        settings.ensure_data_dir()
        await upgrade(settings.database_url)
        database = Database(settings.database_url)
        cohort = await make_hub(database, session_on=now.date() + timedelta(days=60))
        await send_letter(
            database, cohort, await make_mailing(database, cohort), UNA, at=now - timedelta(days=14, hours=1)
        )
        await database.close()

    asyncio.run(prepare())


def sent() -> list[str]:
    async def look() -> list[str]:
        database = Database(Settings().database_url)
        kinds = await mails_of(database, UNA)
        await database.close()
        return kinds

    return asyncio.run(look())


def test_it_only_shows_them_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    shown = run("--dry-run")
    assert shown.exit_code == 0, shown.output
    assert "first" in shown.output
    assert UNA in shown.output
    assert shown.output.endswith("To be reminded: 1.\n")
    assert sent() == ["letter"]


def test_it_reminds_once() -> None:
    assert run().output == "Reminders put into the outbox: 1.\n"
    assert run().output == "Reminders put into the outbox: 0.\n"
    assert sent() == ["letter", "letter_reminder"]
    assert run("--dry-run").output == "Nobody is to be reminded now.\n"


def test_in_a_quiet_time_it_says_why_nobody_is_reminded(monkeypatch: pytest.MonkeyPatch) -> None:
    later = datetime.now(UTC) + timedelta(hours=3)
    hours = f"{later.hour:02}:00-{later.hour:02}:01 daily"
    monkeypatch.setenv("PSQM_LETTER_HOURS", hours)
    assert run().output == f"Nobody was reminded: letters leave {hours} (PSQM_LETTER_HOURS).\n"
    assert sent() == ["letter"]


def test_a_list_of_another_key_is_one_line_and_exit_code_2(monkeypatch: pytest.MonkeyPatch) -> None:
    async def suppress() -> None:
        from bot.letters.opening import open_suppression

        database = Database(Settings().database_url)
        async with database.writing() as session:
            await open_suppression(Settings()).add(session, UNA, "unsubscribed", datetime.now(UTC))
            await session.commit()
        await database.close()

    asyncio.run(suppress())
    assert run("--dry-run").output == "Nobody is to be reminded now.\n"
    monkeypatch.setenv("PSQM_SECRET_KEY", "another secret key, which is long enough")
    done = run()
    assert done.exit_code == 2
    assert "PSQM_SECRET_KEY" in done.output
    assert done.output.count("\n") == 1
