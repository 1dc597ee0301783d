"""The engine's client: what it sends, what it makes of the answer, and one error for everything else."""

import time

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.metrics import Metrics
from bot.rasa import WELCOME, Engine, EngineUnavailable, Turn
from bot.store.message import Link
from tests.fake_engine import SECRET, FakeEngine


def client(url: object, secret: str = SECRET, timeout: float = 1.0) -> Engine:
    return Engine(str(url).rstrip("/"), secret, timeout, Metrics())


async def test_a_text_goes_as_text_and_a_choice_as_its_payload(engine: FakeEngine, engine_server: TestServer) -> None:
    async with client(engine_server.make_url("")) as asked:
        said = await asked.ask(Turn("c", "m", text="/restart"))
        greeting = await asked.ask(Turn("c", "m2", choice=WELCOME))
        await asked.ask(Turn("c", "m", text="/restart", again=True))
    assert engine.turns == [
        {"conversation": "c", "message": "m", "text": "/restart"},
        {"conversation": "c", "message": "m2", "choice": WELCOME},
        {"conversation": "c", "message": "m", "text": "/restart", "again": True},
    ]
    assert said.messages[0].text == "You said: /restart"
    assert said.messages[0].topics == ["ask/cost"]
    assert [choice.label for choice in greeting.messages[0].choices] == ["What it costs", "How long it takes"]


async def test_links_that_run_something_are_dropped(engine_server: TestServer) -> None:
    async with client(engine_server.make_url("")) as asked:
        [message] = (await asked.ask(Turn("c", "m", text="hello"))).messages
    assert message.kept_links() == (Link("Website", "https://www.example.org"),)


async def test_the_model_is_known(engine_server: TestServer) -> None:
    async with client(engine_server.make_url("")) as asked:
        assert await asked.model() == "fake-model"


@pytest.mark.parametrize("wrong", [{"status": 500}, {"status": 401}, {"silent": True}, {"delay": 5.0}])
async def test_an_engine_that_fails_is_unavailable(
    engine: FakeEngine, engine_server: TestServer, wrong: dict[str, object]
) -> None:
    for name, value in wrong.items():
        setattr(engine, name, value)
    async with client(engine_server.make_url(""), timeout=0.2) as asked:
        with pytest.raises(EngineUnavailable):
            await asked.ask(Turn("c", "m", text="hello"))


@pytest.mark.parametrize(
    "body", ["", "null", "[]", "{}", '{"messages": [{"choices": []}]}', '{"messages": "x"}', "\udcff"]
)
async def test_an_answer_that_is_none_is_unavailable(body: str) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=body.encode(errors="surrogateescape"))

    app = web.Application()
    app.router.add_post("/webhooks/psqm/message", answer)
    async with TestServer(app) as server, client(server.make_url("")) as asked:
        with pytest.raises(EngineUnavailable):
            await asked.ask(Turn("c", "m", text="hello"))


async def test_an_engine_that_is_not_there_is_unavailable_at_once() -> None:
    began = time.monotonic()
    async with client(f"http://127.0.0.1:{unused_port()}", timeout=8) as asked:
        with pytest.raises(EngineUnavailable):
            await asked.ask(Turn("c", "m", text="hello"))
    assert time.monotonic() - began < 1


async def test_the_gauge_says_whether_the_engine_answered(engine: FakeEngine, engine_server: TestServer) -> None:
    metrics = Metrics()
    async with Engine(str(engine_server.make_url("")).rstrip("/"), SECRET, 1.0, metrics) as asked:
        await asked.model()
        assert metrics.registry.get_sample_value("psqm_engine_up") == 1
        engine.status = 500
        with pytest.raises(EngineUnavailable):
            await asked.model()
        assert metrics.registry.get_sample_value("psqm_engine_up") == 0
