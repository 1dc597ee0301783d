"""`psqm officers` and `psqm desk link`: a way in for people, one line for what is wrong."""

import asyncio

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.store.database import Database
from tests.put_down import make_hub

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> None:
    monkeypatch.setenv("PSQM_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("PSQM_OFFICE_EMAIL", "office@tqm.example")
    monkeypatch.setenv("PSQM_PUBLIC_URL", "https://tqm.example")


def run(*words: str) -> tuple[int, str]:
    result = RUNNER.invoke(app, [*words])
    return result.exit_code, result.output


def test_officers_are_added_listed_and_removed() -> None:
    assert "Nobody yet" in run("officers", "list")[1]
    assert run("officers", "add", "Olive Office", "Olive@tqm.example") == (
        0,
        "Olive Office can sign in at https://tqm.example/desk\n",
    )
    assert run("officers", "list") == (0, "Olive Office <olive@tqm.example>\n")
    assert run("officers", "remove", "olive@tqm.example")[0] == 0
    code, said = run("officers", "remove", "olive@tqm.example")
    assert code == 2 and said.startswith("psqm: Nobody of the office has the email") and said.count("\n") == 1


def test_a_link_is_printed_for_a_leader_and_for_the_office(sqlite_url: str) -> None:
    asyncio.run(_hub(sqlite_url))
    for email in ("hal@hub.example", "office@tqm.example"):
        code, said = run("desk", "link", email)
        assert code == 0 and said.startswith("https://tqm.example/desk/sign-in/"), said
    assert "The office" in run("officers", "list")[1]


def test_nobody_gets_a_link_who_is_not_known() -> None:
    code, said = run("desk", "link", "stranger@hub.example")
    assert code == 2 and said.startswith("psqm: Nobody is known by stranger@hub.example") and said.count("\n") == 1


async def _hub(url: str) -> None:
    database = Database(url)
    await make_hub(database)
    await database.close()
