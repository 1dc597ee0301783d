"""Somebody comes from their letter's link into a conversation of their own."""

from datetime import date, timedelta

import pytest
import structlog
from sqlalchemy import delete, func, select

from bot.channels.keys import DATABASE, LETTER_LINKS
from bot.rasa import opening_letter
from bot.store.tables import ConversationRow, LetterRow
from tests.api.conftest import problem
from tests.conftest import Client
from tests.fake_engine import FakeEngine
from tests.invited import the_letter, write_letter
from tests.put_down import make_hub

OLD = date.today() - timedelta(days=200)


@pytest.fixture
async def letter_id(client: Client) -> str:
    database = client.app[DATABASE]
    return await write_letter(database, await make_hub(database))


def token_of(client: Client, letter_id: str, dated: date | None = None) -> str:
    return client.app[LETTER_LINKS].token(letter_id, dated or date.today())


async def conversations(client: Client) -> int:
    async with client.app[DATABASE].reading() as session:
        return await session.scalar(select(func.count()).select_from(ConversationRow)) or 0


async def test_the_engine_is_told_the_letter_and_each_visit_has_a_conversation_of_its_own(
    client: Client, engine: FakeEngine, letter_id: str
) -> None:
    sessions = set()
    for _ in range(2):
        response = await client.post("/api/sessions", json={"letter": token_of(client, letter_id)})
        assert response.status == 201
        body = await response.json()
        sessions.add(body["session"])
        assert [message["n"] for message in body["messages"]] == [1]
    assert len(sessions) == 2
    assert [turn["choice"] for turn in engine.turns] == [opening_letter(letter_id)] * 2
    assert len({turn["conversation"] for turn in engine.turns}) == 2


async def test_the_first_visit_is_noted(client: Client, letter_id: str) -> None:
    database = client.app[DATABASE]
    assert (await the_letter(database, letter_id)).visited_at is None
    await client.post("/api/sessions", json={"letter": token_of(client, letter_id)})
    first = (await the_letter(database, letter_id)).visited_at
    assert first is not None
    await client.post("/api/sessions", json={"letter": token_of(client, letter_id)})
    assert (await the_letter(database, letter_id)).visited_at == first


async def test_a_link_that_is_no_letter_s_begins_nothing(client: Client, letter_id: str, engine: FakeEngine) -> None:
    good = token_of(client, letter_id)
    for token in (good[:-1], good + "A", good.swapcase(), "é" * 38, "x", good[:20] + "AAAA" + good[24:]):
        details = await problem(await client.post("/api/sessions", json={"letter": token}), 400, "unknown-link")
        assert "start without it" in details["detail"]
    assert (await conversations(client), engine.turns) == (0, [])


async def test_a_link_that_is_too_old_says_so(client: Client, letter_id: str) -> None:
    token = token_of(client, letter_id, OLD)
    details = await problem(await client.post("/api/sessions", json={"letter": token}), 410, "expired-link")
    assert "too old" in details["detail"]
    assert await conversations(client) == 0
    assert (await the_letter(client.app[DATABASE], letter_id)).visited_at is None


async def test_the_link_of_an_erased_letter_is_not_known(client: Client, letter_id: str) -> None:
    async with client.app[DATABASE].writing() as session:
        await session.execute(delete(LetterRow))
        await session.commit()
    response = await client.post("/api/sessions", json={"letter": token_of(client, letter_id)})
    await problem(response, 400, "unknown-link")


async def test_without_javascript_the_link_begins_a_conversation_and_leaves_the_address(
    client: Client, engine: FakeEngine, letter_id: str
) -> None:
    await client.get("/chat")
    came = await client.get(f"/chat?letter={token_of(client, letter_id)}", allow_redirects=False)
    assert (came.status, came.headers["Location"]) == (303, "/chat#latest")
    assert came.headers["Referrer-Policy"] == "same-origin"
    assert engine.turns[-1]["choice"] == opening_letter(letter_id)
    assert (await client.get("/chat")).status == 200
    assert len(engine.turns) == 2, "the page shows the conversation of the letter, and begins no third"
    assert (await the_letter(client.app[DATABASE], letter_id)).visited_at is not None


async def test_without_javascript_a_dead_link_says_so_on_a_page_that_still_works(
    client: Client, letter_id: str
) -> None:
    for token, status, words in (("x", 400, "is not known"), (token_of(client, letter_id, OLD), 410, "is too old")):
        response = await client.get(f"/chat?letter={token}")
        assert response.status == status
        page = await response.text()
        assert words in page
        assert 'name="text"' in page


async def test_whoever_only_looks_begins_nothing(client: Client, engine: FakeEngine, letter_id: str) -> None:
    response = await client.head(f"/chat?letter={token_of(client, letter_id)}")
    assert response.status == 200
    assert (await conversations(client), engine.turns) == (0, [])
    assert (await the_letter(client.app[DATABASE], letter_id)).visited_at is None


async def test_the_engine_away_says_so_and_the_visit_is_noted_when_it_is_back(
    client: Client, engine: FakeEngine, letter_id: str
) -> None:
    engine.status = 500
    await problem(await client.post("/api/sessions", json={"letter": token_of(client, letter_id)}), 503, "unavailable")
    assert (await the_letter(client.app[DATABASE], letter_id)).visited_at is None
    engine.status = 200
    assert (await client.post("/api/sessions", json={"letter": token_of(client, letter_id)})).status == 201
    assert (await the_letter(client.app[DATABASE], letter_id)).visited_at is not None


@pytest.mark.parametrize("path", ["/letters/{}", "/letters/{}/more", "/letters/{}/", "/r/{}", "/r/{}/x"])
async def test_no_token_is_in_the_log(client: Client, letter_id: str, path: str) -> None:
    token = token_of(client, letter_id)
    with structlog.testing.capture_logs() as lines:
        for method in ("GET", "POST", "PUT", "HEAD"):
            await client.request(method, path.format(token))
    assert len([line for line in lines if line["event"] == "request"]) == 4
    assert token not in str(lines)


async def test_no_token_is_in_the_log_of_a_failure(
    client: Client, letter_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(client, letter_id)
    monkeypatch.setattr("bot.channels.from_letter.note_visit", _broken)
    with structlog.testing.capture_logs() as lines:
        assert (await client.get(f"/chat?letter={token}")).status == 500
    assert any(line["event"] == "request failed" for line in lines)
    assert token not in str(lines)


async def _broken(*_: object) -> None:
    raise RuntimeError("broken on purpose")
