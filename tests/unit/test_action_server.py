"""The engine's way back to the actions: results as rasa-sdk's own server gives them, errors without details."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection

from bot.channels.action_server import action_app
from tests.conftest import Client


async def greet(dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
    dispatcher.utter_message(text=f"Hello {tracker.sender_id}")
    return [SlotSet("greeted", True)]


async def refuse(dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
    raise ActionExecutionRejection("refuse", "not now")


async def fail(dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
    raise KeyError("a detail")


@pytest.fixture
async def actions() -> AsyncIterator[Client]:
    executor = ActionExecutor()
    for action in (greet, refuse, fail):
        executor.register_function(action.__name__, action)
    async with TestClient(TestServer(action_app(executor))) as client:
        yield client


async def call(client: Client, action: str | None, **changes: Any) -> ClientResponse:
    tracker = {"sender_id": "abc", "slots": {}, "latest_message": {}, "events": [], "paused": False}
    return await client.post("/webhook", json={"next_action": action, "tracker": tracker, "domain": {"x": 1}} | changes)


async def test_what_an_action_did(actions: Client) -> None:
    response = await call(actions, "greet")
    assert response.status == 200
    result = await response.json()
    assert result["events"][0]["name"] == "greeted"
    assert result["responses"][0]["text"] == "Hello abc"


@pytest.mark.parametrize(("action", "status"), [("refuse", 400), ("unknown", 404), ("fail", 500)])
async def test_what_an_action_did_not(actions: Client, action: str, status: int) -> None:
    response = await call(actions, action)
    assert response.status == status
    error = await response.json()
    assert action in str(error)
    assert "a detail" not in str(error)


async def test_a_call_without_a_domain_asks_for_it(actions: Client) -> None:
    assert (await call(actions, "greet", domain=None)).status == 449


async def test_a_call_without_an_action_does_nothing(actions: Client) -> None:
    response = await call(actions, None)
    assert response.status == 200
    assert await response.json() is None


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
async def test_a_call_that_is_none(actions: Client, body: bytes) -> None:
    assert (await actions.post("/webhook", data=body)).status == 400


async def test_nothing_else_is_there(actions: Client) -> None:
    assert (await actions.get("/webhook")).status == 405
    assert (await actions.get("/")).status == 404
