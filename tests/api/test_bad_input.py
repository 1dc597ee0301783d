"""Bad input gets a problem that names what is wrong, and repeats nothing of it."""

import json

import pytest

from bot.channels.sessions import Sessions
from tests.api.conftest import Person, arrive, problem
from tests.conftest import Client, StartService
from tests.fake_engine import FakeEngine

MALFORMED = [
    "",
    "{",
    "null",
    "[]",
    '"text"',
    "{}",
    '{"text": 5}',
    '{"text": null}',
    '{"text": ["a"]}',
    '{"text": "a", "choice": "b"}',
    '{"text": "a", "colour": "zebra"}',
    '{"text": "a", "id": ""}',
    '{"text": "a", "id": "zebra zebra"}',
    '{"text": "a", "id": 7}',
    '{"text": "a", "id": "' + "a" * 101 + '"}',
    '{"choice": ""}',
    '{"choice": {"id": "zebra"}}',
    '{"text": "\\ud800"}',
    "[" * 20_000,
    '{"text": "a"} zebra',
    "\ufeff{}",
]


@pytest.mark.parametrize("body", MALFORMED, ids=lambda body: body[:30])
async def test_a_malformed_message(person: Person, engine: FakeEngine, body: str) -> None:
    headers = person.headers | {"Content-Type": "application/json"}
    response = await person.client.post("/api/messages", data=body.encode(), headers=headers)
    details = await problem(response, 400, "malformed")
    assert "zebra" not in json.dumps(details)
    assert "colour" not in json.dumps(details)
    assert engine.asked == []
    assert len(await person.history()) == 1


async def test_bytes_that_are_no_text(person: Person) -> None:
    headers = person.headers | {"Content-Type": "application/json"}
    await problem(
        await person.client.post("/api/messages", data=b'{"text": "\xff"}', headers=headers), 400, "malformed"
    )


@pytest.mark.parametrize("text", ["", "  \n", "\u0000", "\u202e\u200b"])
async def test_an_empty_message(person: Person, text: str) -> None:
    await problem(await person.post(text=text), 400, "empty-message")
    assert len(await person.history()) == 1


@pytest.mark.parametrize("body", ['{"letter": 5}', '{"letter": ""}', '{"name": "x"}', "[]", ""])
async def test_a_malformed_session(client: Client, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    await problem(await client.post("/api/sessions", data=body, headers=headers), 400, "malformed")


async def test_a_letter_that_nobody_sent(client: Client) -> None:
    details = await problem(await client.post("/api/sessions", json={"letter": "abc"}), 400, "unknown-link")
    assert "not known" in details["detail"]


async def test_a_text_of_the_longest_length_is_taken(person: Person) -> None:
    for text in ("é" * 4000, "\U0001f389" * 4000):
        await person.say(text=text)


@pytest.mark.parametrize("length", [4001, 5000, 15_000])
async def test_a_text_that_is_too_long_names_the_limit(person: Person, length: int) -> None:
    details = await problem(await person.post(text="x" * length), 413, "too-long")
    assert "4,000" in details["detail"]


async def test_a_body_that_is_too_large(person: Person, client: Client) -> None:
    await problem(await person.post(text="x" * 70_000), 413, "too-long")
    headers = {"Content-Type": "application/json"}
    await problem(await client.post("/api/sessions", data=b" " * 70_000, headers=headers), 413, "too-long")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_a_body_that_is_not_json(person: Person, content_type: str) -> None:
    for path in ("/api/messages", "/api/sessions"):
        headers = person.headers | {"Content-Type": content_type}
        await problem(await person.client.post(path, data=b'{"text": "a"}', headers=headers), 415, "not-json")


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "", "2147483648", "9" * 30, "\u0663", "+1", " 1"])
async def test_an_after_that_is_no_number(person: Person, after: str) -> None:
    response = await person.client.get("/api/messages", params={"after": after}, headers=person.headers)
    await problem(response, 400, "malformed")


FORGED = Sessions("a key that is not ours", 30)


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer x", "Basic eDp5", pytest.param(f"Bearer {FORGED.sign('abc')}", id="forged")],
)
@pytest.mark.parametrize("call", ["POST /api/messages", "GET /api/messages", "GET /api/events"])
async def test_no_session_or_a_forged_one(client: Client, authorization: str, call: str) -> None:
    method, path = call.split()
    headers = {"Authorization": authorization} if authorization else {}
    response = await client.request(method, path, headers=headers, json={"text": "hello"} if method == "POST" else None)
    await problem(response, 401, "no-session")
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_session_of_another_service_is_forged(
    start_service: StartService, sqlite_url: str, person: Person
) -> None:
    other = await start_service(sqlite_url, secret_key="another secret key, also long enough")
    await problem(await Person(other, person.session, []).post(text="hello"), 401, "no-session")


async def test_a_session_whose_conversation_is_gone(
    person: Person, start_service: StartService, tmp_path: object
) -> None:
    elsewhere = await start_service(f"sqlite:///{tmp_path}/elsewhere.db")
    stranger = Person(elsewhere, person.session, [])
    await problem(await stranger.post(text="hello"), 401, "no-session")
    for path in ("/api/messages", "/api/events"):
        await problem(await elsewhere.get(path, headers=stranger.headers), 401, "no-session")


async def test_nobody_reads_or_repeats_what_is_anothers(client: Client, person: Person) -> None:
    other = await arrive(client)
    await person.say(text="my secret", id="mine")
    assert "my secret" not in str(await other.history())
    assert (await other.say(text="hello", id="mine"))[0]["text"] == "You said: hello"
    await problem(await other.post(choice=person.greeting[0]["choices"][0]["id"]), 400, "choice-not-offered")


@pytest.mark.parametrize(
    "path", ["/nowhere", "/api/nowhere", "/api", "/static/../app.py", "/static/", "/problems/none"]
)
async def test_an_address_without_anything(client: Client, path: str) -> None:
    response = await client.get(path)
    assert response.status in (403, 404)
    assert "Traceback" not in await response.text()


@pytest.mark.parametrize(
    "call", ["DELETE /api/messages", "PUT /api/sessions", "GET /api/sessions", "OPTIONS /api/messages"]
)
async def test_a_method_that_does_not_fit(client: Client, call: str) -> None:
    method, path = call.split()
    response = await client.request(method, path)
    assert response.status == 405
    assert "POST" in response.headers["Allow"]


async def test_every_problem_explains_itself(client: Client, person: Person) -> None:
    details = await problem(await person.post(text=""), 400, "empty-message")
    page = await client.get(details["type"])
    assert page.status == 200
    assert page.content_type == "text/plain"
    assert "Write some words" in await page.text()


async def test_a_mistake_of_ours_is_noted_and_not_shown(
    client: Client, person: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake with a zebra")

    monkeypatch.setattr("bot.conversation.Conversations.say", fail)
    response = await person.post(text="hello")
    details = await problem(response, 500, "broken")
    assert "zebra" not in json.dumps(details)
    assert "office@tqm.example" in details["detail"]
    assert "a mistake with a zebra" in capsys.readouterr().out


@pytest.mark.parametrize("query", ["afer=1", "after=1&after=2", "after=1&x=y"])
async def test_a_query_that_is_not_known(person: Person, query: str) -> None:
    await problem(await person.client.get(f"/api/messages?{query}", headers=person.headers), 400, "malformed")
