"""A person who uses the chat API."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientResponse

from tests.conftest import Client


@dataclass
class Person:
    """Somebody with a session; ``greeting`` is what it began with."""

    client: Client
    session: str
    greeting: list[dict[str, Any]]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.session}"}

    async def post(self, **body: Any) -> ClientResponse:
        return await self.client.post("/api/messages", json=body, headers=self.headers)

    async def say(self, **body: Any) -> list[dict[str, Any]]:
        """Posts a message that must be answered; returns the answer."""
        response = await self.post(**body)
        assert response.status == 200, await response.text()
        answer: list[dict[str, Any]] = (await response.json())["messages"]
        return answer

    async def history(self, after: int = 0) -> list[dict[str, Any]]:
        response = await self.client.get(f"/api/messages?after={after}", headers=self.headers)
        assert response.status == 200, await response.text()
        messages: list[dict[str, Any]] = (await response.json())["messages"]
        return messages

    async def lines(self) -> list[str]:
        """The conversation as "1 assistant Hello!"."""
        return [f"{message['n']} {message['from']} {message['text']}" for message in await self.history()]


async def arrive(client: Client) -> Person:
    """Starts a session."""
    response = await client.post("/api/sessions", json={})
    assert response.status == 201, await response.text()
    body = await response.json()
    return Person(client, body["session"], body["messages"])


async def problem(response: ClientResponse, status: int, slug: str) -> dict[str, Any]:
    """Checks that a response is this problem; returns its details."""
    assert response.status == status, await response.text()
    assert response.content_type == "application/problem+json"
    details: dict[str, Any] = await response.json()
    assert details["type"] == f"/problems/{slug}"
    assert details["status"] == status
    assert response.headers.get("Cache-Control") == "no-store"
    return details


@pytest.fixture
async def person(client: Client) -> AsyncIterator[Person]:
    yield await arrive(client)
