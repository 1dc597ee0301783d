"""What the doctor says of Slack."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.doctor import Finding, _slack
from bot.settings import Settings
from tests.slack_server import APP_TOKEN, TOKEN, SlackServer, slack_server


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with slack_server() as server:
        yield server


async def said(slack: SlackServer, **settings: Any) -> Finding:
    return await _slack(Settings(slack_api_url=slack.api_url, **settings))


async def test_slack_is_off_without_a_token(slack: SlackServer) -> None:
    found = await said(slack)
    assert (found.state, slack.calls) == ("note", [])
    assert "docs/slack.md" in found.says


async def test_the_workspace_is_named_and_the_way(slack: SlackServer) -> None:
    found = await said(slack, slack_bot_token=TOKEN, slack_app_token=APP_TOKEN)
    assert (found.state, found.says) == ("ok", "connected to the workspace Science hubs, by Socket Mode")
    found = await said(slack, slack_bot_token=TOKEN, slack_signing_secret="x", public_url="https://psqm.example")
    assert (found.state, found.says) == ("ok", "connected to the workspace Science hubs, by HTTP")


@pytest.mark.parametrize("settings", [{}, {"slack_signing_secret": "x", "public_url": "http://psqm.example"}])
async def test_a_slack_without_a_way_in_is_broken(slack: SlackServer, settings: dict[str, str]) -> None:
    found = await said(slack, slack_bot_token=TOKEN, **settings)
    assert found.state == "broken"
    assert "PSQM_SLACK_APP_TOKEN" in found.says


async def test_a_refused_token_is_broken_and_a_slack_that_is_down_is_noted(slack: SlackServer) -> None:
    slack.refuses("token_revoked")
    assert (await said(slack, slack_bot_token=TOKEN, slack_app_token=APP_TOKEN)).state == "broken"
    slack.answer = lambda _call: (503, {}, {})
    assert (await said(slack, slack_bot_token=TOKEN, slack_app_token=APP_TOKEN)).state == "note"
