"""The manifest that Slack makes the app from."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from typer.testing import CliRunner

from bot.channels.slack.manifest import PATH, manifest
from bot.cli import app

_SCHEMA = json.loads((Path(__file__).parent / "schemas/manifest.json").read_text("utf-8"))


@pytest.mark.parametrize("socket_mode", [False, True])
def test_it_is_what_slack_publishes(socket_mode: bool) -> None:
    made = manifest("https://psqm.example", socket_mode=socket_mode)
    Draft7Validator(_SCHEMA).validate(made)
    assert _unknown(made, _SCHEMA) == set()
    assert len(made["display_information"]["description"]) <= 140
    assert made["settings"]["socket_mode_enabled"] is socket_mode
    assert ("https" in json.dumps(made)) is not socket_mode


def test_the_command_fills_in_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSQM_PUBLIC_URL", "https://psqm.example/")
    done = CliRunner().invoke(app, ["slack", "manifest"])
    assert yaml.safe_load(done.stdout)["settings"]["interactivity"]["request_url"] == f"https://psqm.example{PATH}"


def test_an_address_that_slack_cannot_reach_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    done = CliRunner().invoke(app, ["slack", "manifest"])
    assert done.exit_code == 2
    assert "--socket" in done.stderr
    assert CliRunner().invoke(app, ["slack", "manifest", "--socket"]).exit_code == 0


def _unknown(made: Any, schema: Any) -> set[str]:
    """The names in ``made`` that stand nowhere in Slack's types, which allow any beside those that they know."""
    known = set(_names(schema))
    return {name for name in _keys(made) if name not in known}


def _names(schema: Any) -> list[str]:
    if isinstance(schema, dict):
        own = list(schema.get("properties", {}))
        return own + [name for part in schema.values() for name in _names(part)]
    return [name for part in schema for name in _names(part)] if isinstance(schema, list) else []


def _keys(made: Any) -> list[str]:
    if isinstance(made, dict):
        return list(made) + [key for part in made.values() for key in _keys(part)]
    return [key for part in made for key in _keys(part)] if isinstance(made, list) else []
