"""The whole service with Teams on: a request comes in by its address, and the desk's answer goes out."""

from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer

from bot.app import init_app
from bot.channels.teams.door import PATH
from bot.channels.teams.serving import MICROSOFT
from bot.chat.saying import LINK_FIRST
from bot.settings import Settings
from tests.conftest import SCHEME
from tests.unit.teams.microsoft import APP_ID, TENANT, StandIn
from tests.waiting import until


async def test_somebody_who_is_not_linked_is_told_how_and_nothing_else(
    microsoft: StandIn, sqlite_url: str, tmp_path: Path
) -> None:
    settings = Settings(
        database_url=sqlite_url,
        data_dir=tmp_path / "var",
        teams_app_id=APP_ID,
        teams_app_secret="secret",
        teams_tenant_id=TENANT,
        example_data=False,
    )
    app = init_app(settings, SCHEME)
    app[MICROSOFT] = microsoft.microsoft()
    async with TestClient(TestServer(app)) as client:
        for activity in (microsoft.activity(), microsoft.press("confirm")):
            response = await client.post(PATH, json=activity, headers=microsoft.headers())
            assert response.status in (200, 202)
        await until(lambda: len(microsoft.calls) == 2)
    assert [call.body["text"] for call in microsoft.calls] == [LINK_FIRST, LINK_FIRST]


async def test_without_settings_there_is_no_door(sqlite_url: str, tmp_path: Path) -> None:
    app = init_app(Settings(database_url=sqlite_url, data_dir=tmp_path / "var", example_data=False), SCHEME)
    async with TestClient(TestServer(app)) as client:
        assert (await client.post(PATH, json={})).status == 404
