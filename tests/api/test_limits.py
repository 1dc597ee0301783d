"""Limits: told in headers, held for sessions and addresses, blind to forged addresses."""

from aiohttp import ClientResponse

from tests.api.conftest import Person, arrive, problem
from tests.conftest import Client, StartService
from tests.fake_engine import FakeEngine


def left(response: ClientResponse) -> tuple[int, int]:
    """Limit and what is left of it."""
    assert 1 <= int(response.headers["RateLimit-Reset"]) <= 60
    return int(response.headers["RateLimit-Limit"]), int(response.headers["RateLimit-Remaining"])


async def test_a_session_has_its_limit(start_service: StartService, sqlite_url: str, engine: FakeEngine) -> None:
    person = await arrive(await start_service(sqlite_url, rate_limit=3))
    told = [left(await person.post(text="hello")) for _ in range(3)]
    assert told == [(3, 2), (3, 1), (3, 0)]
    response = await person.post(text="hello")
    details = await problem(response, 429, "too-many")
    assert left(response) == (3, 0)
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert response.headers["Retry-After"] in details["detail"]
    assert len(engine.asked) == 3
    assert len(await person.history()) == 7
    await (await arrive(person.client)).say(text="another session")


async def test_an_address_has_its_limit(start_service: StartService, sqlite_url: str) -> None:
    client = await start_service(sqlite_url, rate_limit=100, address_rate_limit=3)
    person = await arrive(client)
    response = await person.post(text="hello")
    assert left(response) == (3, 1)
    await problem(await person.post(text=""), 400, "empty-message")
    for response in (await client.post("/api/sessions", json={}), await person.post(text="hello")):
        await problem(response, 429, "too-many")


async def test_guessing_sessions_is_limited(start_service: StartService, sqlite_url: str) -> None:
    client = await start_service(sqlite_url, rate_limit=100, address_rate_limit=3)
    statuses = [(await Person(client, f"guess{i}", []).post(text="hello")).status for i in range(4)]
    assert statuses == [401, 401, 401, 429]


async def test_a_forged_forwarded_address_does_not_help(start_service: StartService, sqlite_url: str) -> None:
    client = await start_service(sqlite_url, address_rate_limit=1, rate_limit=100)
    statuses = await _sessions_from(client, "198.51.100.1", "198.51.100.2")
    assert statuses == [201, 429]


async def test_behind_a_trusted_proxy_each_person_counts(start_service: StartService, sqlite_url: str) -> None:
    client = await start_service(sqlite_url, address_rate_limit=1, rate_limit=100, trusted_proxies="127.0.0.1,::1")
    statuses = await _sessions_from(client, "198.51.100.1", "198.51.100.2", "198.51.100.2", "6.6.6.6, 198.51.100.2")
    assert statuses == [201, 201, 429, 429]


async def _sessions_from(client: Client, *forwarded: str) -> list[int]:
    return [
        (await client.post("/api/sessions", json={}, headers={"X-Forwarded-For": addresses})).status
        for addresses in forwarded
    ]


async def test_without_redis_the_service_goes_on(start_service: StartService, sqlite_url: str) -> None:
    client = await start_service(sqlite_url, rate_limit=2, redis_url="redis://127.0.0.1:1")
    person = await arrive(client)
    statuses = [(await person.post(text="hello")).status for _ in range(3)]
    assert statuses == [200, 200, 429]


async def test_off_is_off(start_service: StartService, sqlite_url: str) -> None:
    person = await arrive(await start_service(sqlite_url, rate_limit="off", address_rate_limit=1))
    for _ in range(5):
        response = await person.post(text="hello")
        assert response.status == 200
        assert "RateLimit-Limit" not in response.headers
