"""``psqm privacy``: what the office does when somebody asks about their data."""

import asyncio
import json
import stat
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrate import upgrade
from tests.put_down import ANN, CY, FAIRVIEW, make_hub, put_down

ROOT = Path(__file__).parents[2]


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["privacy", *arguments], input=typed)


@pytest.fixture
def ann(monkeypatch: pytest.MonkeyPatch) -> str:
    """Ann, who registered her school in the database of the settings."""
    monkeypatch.setenv("PSQM_FACTS_PATH", str(ROOT / "facts.yml"))
    monkeypatch.setenv("PSQM_DOMAIN_PATH", str(ROOT / "domain.yml"))

    async def prepare() -> None:
        settings = Settings()
        settings.ensure_data_dir()
        await upgrade(settings.database_url)
        database = Database(settings.database_url)
        await put_down(database, await make_hub(database))
        await database.close()

    asyncio.run(prepare())
    return ANN.email


def test_export_prints_json(ann: str) -> None:
    done = run("export", ann)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["person"]["name"] == ANN.name


def test_export_writes_a_file_that_only_its_owner_reads(ann: str, tmp_path: Path) -> None:
    out = tmp_path / "ann.json"
    assert run("export", ann, "--out", str(out)).exit_code == 0
    assert json.loads(out.read_text("utf-8"))["email"] == ann
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    again = run("export", ann, "--out", str(out))
    assert (again.exit_code, again.output) == (2, f"psqm: {out} is there already: choose another name.\n")
    nowhere = run("export", ann, "--out", str(tmp_path / "none" / "ann.json"))
    assert nowhere.exit_code == 2
    assert nowhere.output.endswith("choose another place.\n")


def test_erase_asks_first(ann: str) -> None:
    assert run("erase", ann, typed="n\n").exit_code == 1
    assert run("export", ann).exit_code == 0
    done = run("erase", ann, typed="y\n")
    assert done.exit_code == 0, done.output
    assert "1 consent, 1 contact, 1 person" in done.output
    assert f"Withdrawn, as nobody of the school is left: {FAIRVIEW.name} (Testham hub)." in done.output
    left = json.loads(run("export", ann).stdout)
    assert {name for name, kept in left.items() if kept} == {"email", "no_letters_any_more"}
    assert left["no_letters_any_more"]["because"] == "erased"
    assert run("erase", ann, "--yes").exit_code == 2


def test_erase_without_asking(ann: str) -> None:
    assert run("erase", ann, "--yes").exit_code == 0


@pytest.mark.parametrize("command", [("export",), ("erase", "--yes")])
def test_an_address_that_is_not_known_is_one_line_and_exit_code_2(ann: str, command: tuple[str, ...]) -> None:
    done = run(*command, CY.email)
    assert done.exit_code == 2
    assert done.output.startswith("psqm: Nothing is kept about that address")
    assert done.output.count("\n") == 1


def test_the_leader_of_a_hub_is_one_line_and_exit_code_2(ann: str) -> None:
    done = run("erase", "--yes", "hal@hub.example")
    assert done.exit_code == 2
    assert "give the hub another leader first" in done.output


def test_somebody_who_rings_gets_no_letter_any_more(ann: str) -> None:
    assert run("object", CY.email).output == "No letter goes to that address any more.\n"
    assert json.loads(run("export", CY.email).stdout)["no_letters_any_more"]["because"] == "unsubscribed"
    wrong = run("object", "nobody")
    assert (wrong.exit_code, wrong.output) == (
        2,
        "psqm: nobody is no email address: write it as in head@school.example.\n",
    )


def test_retention_says_what_it_erased(ann: str) -> None:
    done = run("retention")
    assert (done.exit_code, done.output) == (0, "Erased: 0 conversations, 0 registrations, 0 letters.\n")


def test_help_explains_each_command() -> None:
    shown = run("--help").output
    for command in ("export", "erase", "object", "retention"):
        assert f" {command} " in shown
        assert "Usage:" in run(command, "--help").output
