"""Teams is on, off, or half set up; and what it costs those who have none."""

import subprocess
import sys

import pytest

from bot.channels.teams.configured import is_on
from bot.channels.teams.examining import TeamsTrouble, examine
from bot.settings import Settings, SettingsError
from tests.unit.teams.microsoft import APP_ID, TENANT, StandIn

_ALL = {"teams_app_id": APP_ID, "teams_app_secret": "secret", "teams_tenant_id": TENANT}


def test_teams_is_off_without_settings_and_on_with_all_three() -> None:
    assert not is_on(Settings())
    assert is_on(Settings(**_ALL))


@pytest.mark.parametrize("name", list(_ALL))
def test_a_setting_that_is_missing_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=f"PSQM_{name.upper()}"):
        is_on(Settings(**(_ALL | {name: ""})))


def test_a_service_without_teams_imports_nothing_of_the_sdk() -> None:
    looking = (
        "import sys, bot.app, bot.channels.teams.configured\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in ('microsoft_agents', 'msgraph', 'msal', 'jwt')))"
    )
    shown = subprocess.run([sys.executable, "-c", looking], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


async def test_the_doctor_sees_that_microsoft_lets_the_bot_in(microsoft: StandIn) -> None:
    assert "gives the bot access" in await examine(Settings(**_ALL), microsoft.microsoft())


async def test_the_doctor_names_an_expired_secret(microsoft: StandIn) -> None:
    microsoft.has_token = False
    with pytest.raises(TeamsTrouble, match="PSQM_TEAMS_APP_SECRET"):
        await examine(Settings(**_ALL), microsoft.microsoft())


async def test_the_doctor_notices_that_no_token_could_be_verified(microsoft: StandIn) -> None:
    microsoft.is_down = True
    with pytest.raises(TeamsTrouble, match="keys"):
        await examine(Settings(**_ALL), microsoft.microsoft())
