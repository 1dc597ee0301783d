"""The command line: help for newcomers, one line for what can be mended."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app

RUNNER = CliRunner()
GROUPS = ("schools", "hubs", "leaders", "registrations", "outbox", "privacy")


def test_help_names_every_command() -> None:
    shown = RUNNER.invoke(app, ["--help"]).output
    for command in ("serve", "web", "engine", "train", "ask", "doctor", "off", "on", "worker", "outbox"):
        assert f" {command} " in shown


@pytest.mark.parametrize(
    "command", ["serve", "web", "engine", "train", "ask", "doctor", "off", "on", "worker", "outbox"]
)
def test_every_command_explains_itself(command: str) -> None:
    result = RUNNER.invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output, result.output


def test_help_loads_nothing_heavy() -> None:
    heavy = ("aiohttp", "alembic", "pydantic", "rasa_sdk", "sqlalchemy", "structlog")
    code = f"import sys, bot.cli; print(*[name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_wrong_setting_is_one_line_and_exit_code_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSQM_PORT", "eighty")
    result = RUNNER.invoke(app, ["doctor"])
    assert result.exit_code == 2
    assert result.output.startswith("psqm: PSQM_PORT is not usable")
    assert result.output.count("\n") == 1


def test_a_missing_model_is_one_line_and_exit_code_2(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PSQM_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PSQM_MODEL_PATH", str(tmp_path / "none.tar.gz"))
    result = RUNNER.invoke(app, ["engine"])
    assert result.exit_code == 2
    assert result.output == f"psqm: There is no model at {tmp_path}/none.tar.gz: run `make train`.\n"


def test_off_wants_a_reason_and_on_takes_it_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PSQM_DATA_DIR", str(tmp_path))
    refused = RUNNER.invoke(app, ["off", "  "])
    assert (refused.exit_code, refused.output) == (2, "psqm: people will read the reason: give one\n")
    assert RUNNER.invoke(app, ["off", "Back on Monday."]).exit_code == 0
    assert "The assistant is on." in RUNNER.invoke(app, ["on"]).output
