"""When a part is away: a polite 503 in time, nothing lost, and recovery by itself."""

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.app import StartError, init_app
from bot.logs import configure
from bot.settings import Settings
from bot.store.database import Database
from bot.switch import set_off, set_on
from tests.api.conftest import Person, arrive, problem
from tests.conftest import SCHEME, Client, StartService
from tests.fake_engine import FakeEngine


async def test_engine_away_then_back(
    start_service: StartService, database_url: str, engine: FakeEngine, engine_server: TestServer
) -> None:
    port = unused_port()
    client = await start_service(database_url, engine_url=f"http://127.0.0.1:{port}")

    began = time.monotonic()
    response = await client.post("/api/sessions", json={})
    details = await problem(response, 503, "unavailable")
    assert time.monotonic() - began < 2
    assert SCHEME.email in details["detail"]
    assert int(response.headers["Retry-After"]) > 0

    async with TestServer(engine.app(), port=port):
        person = await arrive(client)
        await person.say(text="hello")
    began = time.monotonic()
    await problem(await person.post(text="cost?", id="a"), 503, "unavailable")
    assert time.monotonic() - began < 2
    assert (await client.get("/healthz")).status == 200
    assert (await person.lines())[-1] == "4 you cost?"

    async with TestServer(engine.app(), port=port):
        [answer] = await person.say(text="cost?", id="a")
        assert answer["text"] == "You said: cost?"
        assert [message["n"] for message in await person.history()] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("wrong", [{"status": 500}, {"silent": True}, {"delay": 30}])
async def test_an_engine_that_fails(
    start_service: StartService, sqlite_url: str, engine: FakeEngine, wrong: dict[str, object]
) -> None:
    client = await start_service(sqlite_url, engine_timeout=0.3)
    person, other = await arrive(client), await arrive(client)
    for name, value in wrong.items():
        setattr(engine, name, value)
    await problem(await person.post(text="cost?", id="a"), 503, "unavailable")
    engine.status, engine.silent, engine.delay = 200, False, 0
    await other.say(text="hello")
    assert (await person.say(text="cost?", id="a"))[0]["text"] == "You said: cost?"


async def test_one_conversation_that_waits_does_not_hold_up_another(
    start_service: StartService, sqlite_url: str, engine: FakeEngine
) -> None:
    client = await start_service(sqlite_url, engine_timeout=1.0)
    person, other = await arrive(client), await arrive(client)
    engine.delay = 30
    waiting = asyncio.create_task(person.post(text="slow"))
    await engine.questioned.wait()
    engine.delay = 0
    async with asyncio.timeout(0.5):
        await other.say(text="quick")
    await problem(await waiting, 503, "unavailable")


async def test_database_locked_then_free(
    start_service: StartService, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.database.BUSY_SECONDS", 0.2)
    client = await start_service(sqlite_url)
    person = await arrive(client)
    with sqlite3.connect(tmp_path / "psqm.db", isolation_level=None) as lock:
        lock.execute("BEGIN IMMEDIATE")
        details = await problem(await person.post(text="cost?", id="a"), 503, "unavailable")
        assert SCHEME.email in details["detail"]
        assert len(await person.history()) == 1
        lock.execute("ROLLBACK")
    lock.close()
    assert (await person.say(text="cost?", id="a"))[0]["n"] == 3


async def test_a_service_that_dies_between_accepting_and_answering(
    start_service: StartService, database_url: str, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    doomed = await start_service(database_url, engine_timeout=0.2)
    person = await arrive(doomed)

    async def die(*_: object) -> None:
        raise KeyError("killed")

    monkeypatch.setattr("bot.conversation.Conversations._keep", die)
    monkeypatch.setattr("bot.conversation.Conversations._give_back", lambda *_: asyncio.sleep(0))
    assert (await person.post(text="cost?", id="a")).status == 500
    monkeypatch.undo()
    survivor = Person(await start_service(database_url), person.session, [])
    [answer] = await survivor.say(text="cost?", id="a")
    assert answer["n"] == 3
    assert await person.say(text="cost?", id="a") == [answer]
    assert len(await survivor.history()) == 3


async def test_readiness_names_what_is_missing(
    start_service: StartService, sqlite_url: str, engine: FakeEngine
) -> None:
    client = await start_service(sqlite_url)
    ready = await client.get("/readyz")
    assert ready.status == 200
    assert await ready.json() == {
        "status": "ready",
        "checks": {"database": "ok", "engine": "ok", "model": "fake-model"},
    }
    engine.status = 500
    response = await client.get("/readyz")
    assert response.status == 503
    assert (await response.json())["checks"] == {"database": "ok", "engine": "unavailable", "model": "unknown"}
    engine.status, engine.model = 200, ""
    assert (await client.get("/readyz")).status == 503


async def test_readiness_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_self: Database) -> None:
        await asyncio.sleep(30)

    monkeypatch.setattr(Database, "ping", hang)
    response = await client.get("/readyz")
    assert response.status == 503
    assert (await response.json())["checks"]["database"] == "unavailable"
    assert (await client.get("/healthz")).status == 200


async def test_switched_off_people_read_why(start_service: StartService, database_url: str, engine: FakeEngine) -> None:
    client = await start_service(database_url)
    person = await arrive(client)
    database = Database(database_url)
    await set_off(database, "We are updating the answers until noon.")
    for response in (await client.post("/api/sessions", json={}), await person.post(text="hello")):
        details = await problem(response, 503, "switched-off")
        assert details["detail"].startswith("We are updating the answers until noon.")
        assert response.headers["Retry-After"]
    assert len(await person.history()) == 1
    await set_on(database)
    await database.close()
    await person.say(text="hello")
    assert len(engine.asked) == 1


async def test_nothing_that_was_typed_is_logged_at_info(
    start_service: StartService, sqlite_url: str, engine: FakeEngine, capfd: pytest.CaptureFixture[str]
) -> None:
    configure(Settings(log_format="json", log_level="info"))
    person = await arrive(await start_service(sqlite_url))
    await person.say(text="zebra one")
    engine.status = 500
    await person.post(text="zebra two")
    written = capfd.readouterr().err
    assert "engine unavailable" in written
    assert '"conversation": "' in written
    assert "zebra" not in written


async def test_a_service_without_its_database_does_not_start(tmp_path: Path) -> None:
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:1/none", data_dir=tmp_path)
    runner = web.AppRunner(init_app(settings, SCHEME))
    with pytest.raises(StartError, match="PSQM_DATABASE_URL") as error:
        await runner.setup()
    assert "\n" not in str(error.value)
    await runner.cleanup()
