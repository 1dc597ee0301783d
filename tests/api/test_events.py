"""Server-sent events: every message arrives once and in order, from any tab and any process."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientResponse

from bot.channels.events import MOST_STREAMS
from tests.api.conftest import Person, arrive, problem
from tests.conftest import Client, StartService


class Stream:
    """Reads a stream of events."""

    def __init__(self, response: ClientResponse) -> None:
        self.response = response

    async def block(self) -> dict[str, str]:
        """The next event's fields; a comment is the field ""."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(5):
            while line := (await self.response.content.readline()).decode().rstrip("\r\n"):
                name, _, value = line.partition(":")
                fields[name] = value.strip()
        return fields

    async def message(self) -> dict[str, Any]:
        """The next message."""
        event = await self.block()
        assert event["event"] == "message"
        message: dict[str, Any] = json.loads(event["data"])
        assert event["id"] == str(message["n"])
        return message

    async def numbers(self, count: int) -> list[int]:
        return [(await self.message())["n"] for _ in range(count)]


@asynccontextmanager
async def stream(person: Person, query: str = "", **headers: str) -> AsyncIterator[Stream]:
    async with person.client.get(f"/api/events{query}", headers=person.headers | headers) as response:
        assert response.status == 200, await response.text()
        assert response.content_type == "text/event-stream"
        yield Stream(response)


async def test_what_was_said_and_what_is_said_arrives_in_order(person: Person) -> None:
    await person.say(text="before")
    async with stream(person) as events:
        assert await events.numbers(3) == [1, 2, 3]
        answer = await person.say(text="now")
        assert (await events.message())["text"] == "now"
        assert [await events.message()] == answer


@pytest.mark.parametrize(
    ("query", "headers"), [("?after=2", {}), ("", {"Last-Event-ID": "2"}), ("?after=1", {"Last-Event-ID": "2"})]
)
async def test_a_reader_who_comes_back_goes_on_where_they_were(
    person: Person, query: str, headers: dict[str, str]
) -> None:
    await person.say(text="one")
    await person.say(text="two")
    async with stream(person, query, **headers) as events:
        assert await events.numbers(3) == [3, 4, 5]


async def test_several_tabs_hear_the_same(person: Person) -> None:
    async with stream(person, "?after=1") as one, stream(person, "?after=1") as other:
        await asyncio.gather(*(person.say(text=f"question {i}") for i in range(4)))
        heard = [await one.numbers(8), await other.numbers(8)]
    assert heard == [list(range(2, 10))] * 2


async def test_what_another_process_keeps_arrives_too(start_service: StartService, database_url: str) -> None:
    here = await arrive(await start_service(database_url))
    there = Person(await start_service(database_url), here.session, [])
    async with stream(here, "?after=1") as events:
        await there.say(text="from there")
        assert await events.numbers(2) == [2, 3]
        await here.say(text="from here")
        await there.say(text="from there again")
        assert await events.numbers(4) == [4, 5, 6, 7]


async def test_only_ones_own_conversation_is_heard(client: Client, person: Person) -> None:
    other = await arrive(client)
    async with stream(person, "?after=1") as events:
        await other.say(text="not for you")
        await person.say(text="for you")
        assert (await events.message())["text"] == "for you"


async def test_a_comment_keeps_the_connection_open(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.events.HEARTBEAT_SECONDS", 0.1)
    async with stream(person, "?after=1") as events:
        assert await events.block() == {"": "ping"}


async def test_at_most_five_streams_and_a_closed_one_makes_room(person: Person) -> None:
    async with stream(person), stream(person), stream(person), stream(person):
        async with stream(person):
            assert MOST_STREAMS == 5
            response = await person.client.get("/api/events", headers=person.headers)
            await problem(response, 429, "too-many-streams")
            assert response.headers["Retry-After"]
        for _ in range(50):
            response = await person.client.get("/api/events", headers=person.headers)
            if response.status == 200:
                break
            await asyncio.sleep(0.1)
        assert response.status == 200
        response.close()


async def test_open_streams_do_not_hold_up_the_end_of_the_service(person: Person) -> None:
    async with stream(person) as events:
        assert await events.numbers(1) == [1]
        async with asyncio.timeout(3):
            await person.client.server.close()


@pytest.mark.parametrize("query", ["?after=x", "?after=-1", "?before=1", "?after=1&after=2"])
async def test_a_malformed_place(person: Person, query: str) -> None:
    await problem(await person.client.get(f"/api/events{query}", headers=person.headers), 400, "malformed")


async def test_a_malformed_last_event_id(person: Person) -> None:
    headers = person.headers | {"Last-Event-ID": "three"}
    details = await problem(await person.client.get("/api/events", headers=headers), 400, "malformed")
    assert "Last-Event-ID" in details["detail"]
