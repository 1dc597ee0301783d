"""The package that is uploaded to Teams."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from bot.channels.teams.app_package import Names, manifest
from bot.cli import app
from bot.settings import Settings, SettingsError
from tests.unit.teams.microsoft import APP_ID
from tests.unit.teams.schemas import check_manifest

_NAMES = Names("Test Quality Mark", "TQM", "www.tqm.example")


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> zipfile.ZipFile:
    """The package, built by the command."""
    monkeypatch.setenv("PSQM_TEAMS_APP_ID", APP_ID)
    monkeypatch.setenv("PSQM_PUBLIC_URL", "https://assistant.example")
    out = tmp_path / "package.zip"
    result = CliRunner().invoke(app, ["teams", "package", "--out", str(out)])
    assert result.exit_code == 0, result.output
    return zipfile.ZipFile(out)


def test_the_manifest_is_as_microsofts_schema_wants_it(packed: zipfile.ZipFile) -> None:
    found = json.loads(packed.read("manifest.json"))
    check_manifest(found)
    assert found["bots"][0]["botId"] == APP_ID
    assert found["validDomains"] == ["assistant.example"]


def test_the_icons_are_as_large_as_teams_wants_them_and_the_outline_is_white_on_nothing(
    packed: zipfile.ZipFile,
) -> None:
    assert sorted(packed.namelist()) == ["color.png", "manifest.json", "outline.png"]
    colour = Image.open(io.BytesIO(packed.read("color.png")))
    outline = Image.open(io.BytesIO(packed.read("outline.png"))).convert("RGBA")
    assert (colour.size, outline.size) == ((192, 192), (32, 32))
    assert {colour[:3] for _count, colour in outline.getcolors() if colour[3] == 255} == {(255, 255, 255)}
    assert outline.getpixel((0, 0))[3] == 0


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({"public_url": "https://assistant.example"}, "PSQM_TEAMS_APP_ID"),
        ({"teams_app_id": APP_ID, "public_url": "http://assistant.example"}, "PSQM_PUBLIC_URL"),
    ],
)
def test_a_missing_setting_is_named(settings: dict[str, str], missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        manifest(Settings(**settings), _NAMES, "1.0.0")


def test_a_version_that_teams_does_not_take_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSQM_TEAMS_APP_ID", APP_ID)
    result = CliRunner().invoke(app, ["teams", "package", "--version", "next", "--out", str(tmp_path / "p.zip")])
    assert result.exit_code == 2
    assert not (tmp_path / "p.zip").exists()
