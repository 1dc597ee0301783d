"""Who comes in by Teams' door, and what is acknowledged when."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

from bot.channels.teams.connector import HOSTS
from bot.channels.teams.door import PATH, WORKING
from bot.channels.teams.opening import Microsoft
from bot.store.tables import ChatEventRow
from tests.unit.teams.conftest import Running
from tests.unit.teams.microsoft import KEY, OTHER_KEY


def _unsigned(running: Running) -> str:
    claims = jwt.decode(running.microsoft.token(), options={"verify_signature": False})
    parts = ({"alg": "none", "kid": "one", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


def _signed_with_public_key(running: Running) -> str:
    """HS256 with what everybody can read as the secret; made by hand, because PyJWT refuses to."""
    secret = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    payload = running.microsoft.token().split(".")[1]
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"one","typ":"JWT"}').decode().rstrip("=")
    signature = hmac.new(secret, f"{header}.{payload}".encode(), hashlib.sha256).digest()
    return f"{header}.{payload}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


@pytest.mark.parametrize(
    "how",
    [
        {"aud": "another-bot"},
        {"aud": ["11111111-2222-3333-4444-555555555555", "another-bot"]},
        {"exp": int(time.time()) - 301},
        {"exp": None},
        {"nbf": int(time.time()) + 400},
        {"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"},
        {"iss": None},
        {"serviceurl": None},
        {"kid": "two"},
        {"key": OTHER_KEY},
    ],
    ids=lambda how: "-".join(how),
)
async def test_a_token_that_is_not_the_bot_frameworks_for_us_is_refused(running: Running, how: dict[str, Any]) -> None:
    assert await running.send(running.microsoft.activity(), **how) == 401


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer not.a.token", "Bearer " + "x" * 20_000]
)
async def test_a_request_without_a_token_is_refused(running: Running, authorization: str) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    response = await running.client.post(PATH, json=running.microsoft.activity(), headers=headers)
    assert response.status in (400, 401)  # aiohttp refuses a header of extraordinary length itself


@pytest.mark.parametrize("make", [_unsigned, _signed_with_public_key])
async def test_a_token_signed_in_another_way_is_refused(running: Running, make: Any) -> None:
    headers = {"Authorization": f"Bearer {make(running)}"}
    response = await running.client.post(PATH, json=running.microsoft.activity(), headers=headers)
    assert response.status == 401
    assert await running.states() == []


async def test_a_clock_may_be_five_minutes_off(running: Running) -> None:
    assert await running.send(running.microsoft.activity(), exp=int(time.time()) - 290) == 202


async def test_a_key_that_is_not_endorsed_for_teams_is_refused(running: Running) -> None:
    running.microsoft.endorsements = ["webchat"]
    assert await running.send(running.microsoft.activity()) == 401


@pytest.mark.parametrize(
    "parts",
    [
        {"serviceUrl": "https://evil.example/"},
        {"channelId": "webchat"},
        {"channelData": {"tenant": {"id": "another-tenant"}}},
        {"conversation": {"id": "c", "tenantId": "another-tenant"}},
        {"channelData": {}, "conversation": {"id": "c"}},
    ],
    ids=lambda parts: "-".join(parts),
)
async def test_a_genuine_activity_of_somebody_else_is_refused(running: Running, parts: dict[str, Any]) -> None:
    assert await running.send(running.microsoft.activity(**parts)) == 403
    assert await running.states() == []


async def test_a_service_that_is_none_of_microsofts_is_refused_even_if_the_token_names_it(running: Running) -> None:
    url = "https://smba.trafficmanager.net.evil.example/"
    assert await running.send(running.microsoft.activity(serviceUrl=url), serviceurl=url) == 403


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        *((f"https://{host}/emea/", True) for host in HOSTS),
        ("https://europe.api.botframework.com/", True),
        ("http://smba.trafficmanager.net/emea/", False),
        ("https://smba.trafficmanager.net@evil.example/", False),
        ("https://evilbotframework.com/", False),
        ("https://127.0.0.1/", False),
        ("https://graph.microsoft.com/", False),
    ],
)
def test_answers_go_to_microsofts_services_alone(url: str, is_allowed: bool) -> None:
    assert Microsoft().services.is_allowed(url) is is_allowed


async def test_keys_are_read_once_for_many_requests_and_not_for_every_made_up_key(running: Running) -> None:
    for number in range(5):
        assert await running.send(running.microsoft.activity()) == 202
        assert await running.send(running.microsoft.activity(), kid=f"made-up-{number}") == 401
    assert running.microsoft.key_reads == 1


async def test_while_keys_cannot_be_read_the_bot_framework_is_asked_to_come_again(running: Running) -> None:
    running.microsoft.is_down = True
    response = await running.client.post(PATH, json=running.microsoft.activity(), headers=running.microsoft.headers())
    assert response.status == 503
    assert "Retry-After" in response.headers


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"{}", b'{"type": "message"}', b"\xff" * 10])
async def test_what_is_no_activity_is_refused(running: Running, body: bytes) -> None:
    response = await running.client.post(PATH, data=body, headers=running.microsoft.headers())
    assert response.status == 400


async def test_a_huge_body_is_refused(running: Running) -> None:
    assert await running.send(running.microsoft.activity(text="x" * 300_000)) == 413
    assert await running.states() == []


async def test_a_long_message_is_taken(running: Running) -> None:
    assert await running.send(running.microsoft.activity(text="é" * 40_000)) == 202
    assert await running.states() == ["new"]


async def test_a_message_is_acknowledged_before_it_is_worked_on(running_on: Running) -> None:
    assert await running_on.send(running_on.microsoft.activity()) == 202
    assert running_on.desk.asked == []
    assert await running_on.states() == ["new"]
    await running_on.work()
    assert len(running_on.desk.asked) == 1


async def test_a_button_is_acknowledged_with_what_to_show(running: Running) -> None:
    response = await running.client.post(
        PATH, json=running.microsoft.press("confirm"), headers=running.microsoft.headers()
    )
    assert response.status == 200
    assert (await response.json())["value"] == WORKING
    assert running.desk.asked == []


async def test_a_redelivered_activity_has_one_effect(running_on: Running) -> None:
    activity = running_on.microsoft.activity()
    for _ in range(3):
        assert await running_on.send(activity) == 202
    await running_on.work()
    assert len(running_on.desk.asked) == 1
    assert len(running_on.microsoft.calls) == 1


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ({"type": "typing"}, 200),
        ({"type": "messageReaction"}, 200),
        ({"type": "messageUpdate"}, 200),
        ({"type": "conversationUpdate"}, 200),
        ({"text": "  "}, 200),
        ({"from": {"id": "28:other-bot", "role": "bot"}}, 200),
        ({"type": "invoke", "name": "task/fetch"}, 501),
    ],
    ids=str,
)
async def test_what_nobody_has_to_work_on_is_not_kept(running: Running, parts: dict[str, Any], status: int) -> None:
    assert await running.send(running.microsoft.activity(**parts)) == status
    assert await running.states() == []


async def test_names_of_people_are_not_kept(running: Running) -> None:
    await running.send(running.microsoft.activity())
    async with running.database.reading() as session:
        payload = await session.scalar(select(ChatEventRow.payload))
    assert "Ann" not in json.dumps(payload)
