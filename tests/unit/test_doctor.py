"""The doctor: what is in order, what to note, what is broken, and what to do about it."""

import shutil
from pathlib import Path

import pytest

from bot import doctor
from bot.doctor import Finding, examine, show
from bot.settings import Settings


async def findings(folder: Path, **settings: object) -> dict[str, Finding]:
    found = await examine(Settings(data_dir=folder / "var", engine_url="http://127.0.0.1:9", **settings))
    return {finding.what: finding for finding in found}


def facts_checked(folder: Path, day: str) -> Path:
    path = folder / "facts.yml"
    text = Path("facts.yml").read_text(encoding="utf-8")
    path.write_text(
        "\n".join(f"  checked: {day}" if "checked:" in line and line[0] == " " else line for line in text.splitlines())
    )
    return path


async def test_a_missing_model_is_broken_and_a_resting_engine_a_note(tmp_path: Path) -> None:
    found = await findings(tmp_path, model_path=tmp_path / "none.tar.gz")
    assert found["model"].state == "broken"
    assert "run `make train`" in found["model"].says
    assert found["engine"].state == "note"
    assert found["database"].state == "ok"


async def test_a_database_that_is_away_is_broken(tmp_path: Path) -> None:
    found = await findings(tmp_path, database_url="postgresql://psqm@127.0.0.1:9/psqm")
    assert found["database"].state == "broken"
    assert "PSQM_DATABASE_URL" in found["database"].says


@pytest.mark.parametrize(("current", "state"), [(True, "ok"), (False, "note")])
async def test_a_model_of_older_examples_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, current: bool, state: str
) -> None:
    monkeypatch.setattr(doctor, "check_model", lambda _model: None)
    monkeypatch.setattr(doctor, "is_up_to_date", lambda _model: current)
    model = (await findings(tmp_path))["model"]
    assert model.state == state
    assert ("make train" in model.says) is not current


async def test_facts_that_were_not_checked_for_long_are_noted_with_the_date(tmp_path: Path) -> None:
    found = await findings(tmp_path, facts_path=facts_checked(tmp_path, "2015-01-01"))
    assert found["facts"].state == "ok"
    assert found["facts' review"].state == "note"
    assert "last checked on 1 January 2015, due again since 1 January 2016" in found["facts' review"].says


async def test_wrong_facts_are_broken(tmp_path: Path) -> None:
    found = await findings(tmp_path, facts_path=tmp_path / "none.yml")
    assert found["facts"].state == "broken"
    assert "Put the file back" in found["facts"].says


async def test_channels_without_their_settings_say_so(tmp_path: Path) -> None:
    assert "PSQM_ALLOWED_ORIGINS" in (await findings(tmp_path))["web widget"].says
    embedded = await findings(tmp_path, allowed_origins="https://www.example.org")
    assert embedded["web widget"] == Finding("web widget", "ok", "https://www.example.org")


def test_it_shows_a_mark_for_each_state(capsys: pytest.CaptureFixture[str]) -> None:
    show([Finding("a", "ok", "fine"), Finding("b", "note", "look"), Finding("c", "broken", "mend")])
    shown = capsys.readouterr().out
    assert all(mark in shown for mark in ("✓", "!", "✗"))


async def test_a_letter_that_cannot_be_composed_is_broken(tmp_path: Path) -> None:
    assert (await findings(tmp_path))["letter"].state == "ok"
    shutil.copytree("letter", tmp_path / "letter")
    with (tmp_path / "letter" / "reminder.md").open("a", encoding="utf-8") as wording:
        wording.write("\n{no_such_fact}\n")
    letter = (await findings(tmp_path, letter_path=tmp_path / "letter"))["letter"]
    assert letter.state == "broken"
    assert "reminder.md: Nothing is known as {no_such_fact}" in letter.says
