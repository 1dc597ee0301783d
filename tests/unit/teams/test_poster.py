"""Posts that nobody asked for, to the conversation that is known of somebody."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from bot.channels.teams.opening import open_teams
from bot.channels.teams.poster import TeamsPoster
from bot.posts.card import Card
from bot.posts.poster import NotPosted, Outgoing
from bot.settings import Settings
from bot.store.database import Database
from tests.unit.teams.conftest import RecordingDesk
from tests.unit.teams.microsoft import ANN, APP_ID, BOT, CHAT, TENANT, StandIn
from tests.unit.teams.schemas import check_card

_CARD = Card("New registration", fields=(("School", "Fairview Primary"),))


@pytest.fixture
async def poster(microsoft: StandIn, sqlite_url: str) -> AsyncIterator[TeamsPoster]:
    settings = Settings(teams_app_id=APP_ID, teams_app_secret="secret", teams_tenant_id=TENANT)
    teams = open_teams(settings, Database(sqlite_url), RecordingDesk(), microsoft.microsoft())
    yield teams.poster
    await teams.close()


def _post(microsoft: StandIn, **parts: Any) -> Outgoing:
    to = {"service_url": microsoft.service_url, "conversation_id": CHAT, "bot_id": BOT, "user_id": ANN}
    return Outgoing(**({"key": "k", "to": to, "text": "A school has registered.", "card": _CARD} | parts))


async def test_a_card_is_posted_with_what_its_notification_says(microsoft: StandIn, poster: TeamsPoster) -> None:
    posted = await poster.post(_post(microsoft))
    [call] = microsoft.calls
    assert (call.method, call.path) == ("POST", f"/v3/conversations/{CHAT}/activities")
    check_card(call.card)
    assert call.body["summary"] == "A school has registered."
    assert call.body["from"]["id"] == BOT
    assert call.authorization == "Bearer entra-token"
    assert posted["post_id"].startswith("posted-")


async def test_a_post_takes_the_place_of_an_earlier_one(microsoft: StandIn, poster: TeamsPoster) -> None:
    first = await poster.post(_post(microsoft))
    second = await poster.post(_post(microsoft, replaces=first))
    assert second == first
    assert (microsoft.calls[1].method, microsoft.calls[1].path) == (
        "PUT",
        f"/v3/conversations/{CHAT}/activities/{first['post_id']}",
    )
    assert microsoft.calls[1].body["id"] == first["post_id"]


async def test_a_post_whose_forerunner_was_deleted_is_posted_anew(microsoft: StandIn, poster: TeamsPoster) -> None:
    first = await poster.post(_post(microsoft))
    microsoft.trouble = [(404, {})]
    second = await poster.post(_post(microsoft, replaces=first))
    assert second != first
    assert [call.method for call in microsoft.calls] == ["POST", "PUT", "POST"]
    assert "id" not in microsoft.calls[2].body


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (400, "never"),
        (401, "server"),
        (403, "never"),
        (404, "never"),
        (412, "later"),
        (413, "never"),
        (429, "server"),
        (500, "server"),
        (503, "server"),
    ],
)
async def test_each_refusal_means_something(microsoft: StandIn, poster: TeamsPoster, status: int, fault: str) -> None:
    microsoft.trouble = [(status, {})]
    with pytest.raises(NotPosted) as caught:
        await poster.post(_post(microsoft))
    assert caught.value.fault == fault
    assert CHAT not in caught.value.summary


async def test_teams_says_when_it_may_be_asked_again(microsoft: StandIn, poster: TeamsPoster) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    for said, least, most in (("17", 17, 17), (date, 60, 90)):
        microsoft.trouble = [(429, {"Retry-After": said})]
        with pytest.raises(NotPosted) as caught:
            await poster.post(_post(microsoft))
        assert caught.value.retry_after is not None
        assert least <= caught.value.retry_after <= most


async def test_without_a_token_of_entra_nothing_is_sent(microsoft: StandIn, poster: TeamsPoster) -> None:
    microsoft.has_token = False
    with pytest.raises(NotPosted, match="Entra") as caught:
        await poster.post(_post(microsoft))
    assert (caught.value.fault, microsoft.calls) == ("server", [])


async def test_teams_cannot_be_reached(microsoft: StandIn, poster: TeamsPoster) -> None:
    post = _post(microsoft)
    microsoft.drops = True
    with pytest.raises(NotPosted) as caught:
        await poster.post(post)
    assert caught.value.fault == "server"


@pytest.mark.parametrize("to", [{}, {"service_url": "https://evil.example/", "conversation_id": "c"}])
async def test_a_place_that_is_none_gets_nothing(microsoft: StandIn, poster: TeamsPoster, to: dict[str, str]) -> None:
    with pytest.raises(NotPosted) as caught:
        await poster.post(_post(microsoft, to=to))
    assert (caught.value.fault, microsoft.calls) == ("never", [])
