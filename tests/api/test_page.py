"""The plain page: the whole job with a form and a cookie, safe from other sites' forms."""

import re
from html import unescape

import pytest
from aiohttp import ClientResponse

from bot.store.database import Database
from bot.switch import set_off
from tests.conftest import Client, StartService
from tests.fake_engine import FakeEngine

FIELD = re.compile(r"<input[^>]*>")
CHOICE = re.compile(r"""<button[^>]*name=["']choice["'][^>]*>""")


def attribute(tag: str, name: str) -> str:
    found = re.search(rf"""\b{name}=["']([^"']*)["']""", tag)
    return unescape(found[1]) if found else ""


def hidden(page: str, name: str) -> str:
    return next(attribute(tag, "value") for tag in FIELD.findall(page) if attribute(tag, "name") == name)


def draft(page: str) -> str:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    return unescape(found[1]).strip() if found else ""


class Visitor:
    """Somebody with a browser without JavaScript; ``page`` is what they see."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.page = ""

    async def look(self) -> ClientResponse:
        return await self._see(await self.client.get("/chat"))

    async def send(self, path: str = "/chat", headers: dict[str, str] | None = None, **fields: str) -> ClientResponse:
        form = {"csrf": hidden(self.page, "csrf"), "id": hidden(self.page, "id")} | fields
        return await self._see(await self.client.post(path, data=form, headers=headers))

    async def _see(self, response: ClientResponse) -> ClientResponse:
        self.page = await response.text()
        return response


@pytest.fixture
async def visitor(client: Client) -> Visitor:
    visitor = Visitor(client)
    assert (await visitor.look()).status == 200
    return visitor


async def test_a_visitor_is_greeted_and_offered_choices(visitor: Visitor) -> None:
    assert "Hello! What would you like to know?" in visitor.page
    assert len(CHOICE.findall(visitor.page)) == 2


async def test_the_cookie_is_for_this_page_only(client: Client) -> None:
    cookie = (await client.get("/chat")).cookies["psqm_chat"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/chat"
    assert int(cookie["max-age"]) == 30 * 86400
    assert "Set-Cookie" not in (await client.get("/chat")).headers


async def test_the_page_keeps_to_itself(client: Client) -> None:
    headers = (await client.get("/chat")).headers
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Robots-Tag"] == "noindex"


async def test_a_question_is_answered_and_reloading_repeats_nothing(visitor: Visitor, engine: FakeEngine) -> None:
    response = await visitor.send(text="What does it cost?")
    assert [step.status for step in response.history] == [303]
    assert "You said: What does it cost?" in visitor.page
    await visitor.look()
    assert visitor.page.count("You said: What does it cost?") == 1
    assert len(engine.asked) == 1


async def test_a_choice_is_a_button(visitor: Visitor, engine: FakeEngine) -> None:
    await visitor.send(choice=attribute(CHOICE.findall(visitor.page)[1], "value"))
    assert engine.asked[0]["choice"] == '/ask{"topic": "duration"}'
    assert "How long it takes" in visitor.page


async def test_sending_the_same_form_twice_asks_once(visitor: Visitor, engine: FakeEngine) -> None:
    seen = visitor.page
    await visitor.send(text="cost?")
    visitor.page = seen
    await visitor.send(text="cost?")
    assert len(engine.asked) == 1
    visitor.page = seen
    await visitor.send(text="other words")
    assert len(engine.asked) == 2


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [("", 400, "empty"), ("x" * 4001, 413, "4,000"), ("\u202e", 400, "empty")],
)
async def test_an_error_is_told_and_what_was_typed_is_kept(visitor: Visitor, text: str, status: int, told: str) -> None:
    response = await visitor.send(text=text)
    assert response.status == status
    assert told in visitor.page
    assert draft(visitor.page) == text.strip()
    assert "Hello! What would you like to know?" in visitor.page


async def test_engine_down_the_draft_is_kept_and_answered_once(visitor: Visitor, engine: FakeEngine) -> None:
    engine.status = 500
    response = await visitor.send(text="cost <b>now</b>?")
    assert response.status == 503
    assert response.headers["Retry-After"]
    assert "office@tqm.example" in visitor.page
    assert draft(visitor.page) == "cost <b>now</b>?"
    engine.status = 200
    await visitor.send(text=draft(visitor.page))
    assert unescape(visitor.page).count("You said: cost <b>now</b>?") == 1
    first, second = engine.asked
    assert first["message"] == second["message"]


async def test_engine_down_from_the_start(client: Client, engine: FakeEngine) -> None:
    engine.status = 500
    visitor = Visitor(client)
    response = await visitor.look()
    assert response.status == 503
    assert "psqm_chat" not in response.cookies
    engine.status = 200
    await visitor.send(text="cost?")
    assert "You said: cost?" in visitor.page


async def test_what_people_type_is_never_markup(visitor: Visitor) -> None:
    await visitor.send(text="<script>alert(1)</script>{{ 7*7 }}")
    assert "<script>alert" not in visitor.page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in visitor.page


async def test_starting_over(visitor: Visitor) -> None:
    await visitor.send(text="cost?")
    await visitor.send("/chat/new")
    assert "You said" not in visitor.page
    assert "Hello! What would you like to know?" in visitor.page


@pytest.mark.parametrize("path", ["/chat", "/chat/new"])
@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ({"Origin": "https://evil.example"}, {}),
        ({"Origin": "null"}, {}),
        ({"Sec-Fetch-Site": "cross-site"}, {}),
        ({}, {"csrf": ""}),
        ({}, {"csrf": "forged"}),
    ],
)
async def test_another_sites_form_is_refused_and_the_draft_kept(
    visitor: Visitor, engine: FakeEngine, path: str, headers: dict[str, str], fields: dict[str, str]
) -> None:
    greetings = len(engine.turns)
    response = await visitor.send(path, headers, text="hello", **fields)
    assert response.status == 403
    assert len(engine.turns) == greetings
    if path == "/chat":
        assert draft(visitor.page) == "hello"


async def test_the_form_of_another_conversation_is_refused(visitor: Visitor, engine: FakeEngine) -> None:
    other = Visitor(visitor.client)
    visitor.client.session.cookie_jar.clear()
    await other.look()
    assert (await visitor.send(text="hello")).status == 403
    assert engine.asked == []


async def test_without_cookies_a_first_message_starts_a_conversation(client: Client, engine: FakeEngine) -> None:
    engine.status = 500
    visitor = Visitor(client)
    await visitor.look()
    engine.status = 200
    response = await visitor.send(text="cost?")
    assert response.status == 200
    assert len(engine.asked) == 1


async def test_a_forged_cookie_starts_afresh(client: Client) -> None:
    response = await client.get("/chat", cookies={"psqm_chat": "forged"})
    assert response.status == 200
    assert "psqm_chat" in response.cookies


async def test_switched_off(visitor: Visitor, sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await set_off(database, "Back on <Monday>.")
    await database.close()
    response = await visitor.send(text="hello")
    assert response.status == 503
    assert "Back on &lt;Monday&gt;." in visitor.page
    assert draft(visitor.page) == "hello"


async def test_limits_hold_here_too(start_service: StartService, sqlite_url: str) -> None:
    visitor = Visitor(await start_service(sqlite_url, rate_limit=1))
    await visitor.look()
    await visitor.send(text="one")
    response = await visitor.send(text="two")
    assert response.status == 429
    assert draft(visitor.page) == "two"


@pytest.mark.parametrize(
    ("data", "content_type"),
    [(b"{}", "application/json"), (b"text=\xff", "application/x-www-form-urlencoded"), (b"x", "multipart/form-data")],
)
async def test_a_form_that_is_none(visitor: Visitor, data: bytes, content_type: str) -> None:
    response = await visitor.client.post("/chat", data=data, headers={"Content-Type": content_type})
    assert response.status in (400, 403, 415)
    assert "<form" in await response.text()


async def test_the_demo_page(client: Client) -> None:
    response = await client.get("/")
    page = await response.text()
    assert response.status == 200
    assert "Test Quality Mark" in page
    assert "psqm-assistant" in page
