"""The API keeps to its own description: schemathesis makes up requests, good and bad, for every operation."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, assume, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import positive_data_acceptance
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation

from bot.app import init_app
from bot.channels.body import ID_PATTERN, LARGEST_N, NewMessage, NewRating, NewSession
from bot.channels.keys import BELL
from bot.channels.openapi import description
from bot.channels.problems import EXPLANATIONS
from bot.settings import Settings
from bot.typed import LONGEST
from tests.conftest import SCHEME
from tests.fake_engine import SECRET, FakeEngine

WORTH_REFUSING = {
    "/problems/empty-message",
    "/problems/choice-not-offered",
    "/problems/not-rateable",
    "/problems/unknown-link",
}
"""What a description cannot rule out: such a request is well-formed and means nothing here."""


LONGEST_ADDRESS = 8000
"""Characters of a URL; aiohttp's parser refuses a longer one before the application sees it."""


@dataclass
class LiveService:
    """A service with its own thread, for tests that are not asynchronous."""

    url: str
    session: str


@pytest.fixture(scope="module")
def service(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveService]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    folder = tmp_path_factory.mktemp("contract")
    engine = TestServer(FakeEngine().app())
    asyncio.run_coroutine_threadsafe(engine.start_server(), loop).result(10)
    app = init_app(
        Settings(
            data_dir=folder,
            secret_key="a secret key for tests, long enough",
            engine_url=str(engine.make_url("")).rstrip("/"),
            engine_secret=SECRET,
            rate_limit="off",
            example_data=False,
        ),
        SCHEME,
    )
    app[BELL].close()  # so that event streams end after what has been said
    server = TestServer(app)
    asyncio.run_coroutine_threadsafe(server.start_server(), loop).result(10)
    url = str(server.make_url("")).rstrip("/")
    session = requests.post(f"{url}/api/sessions", json={}, timeout=10).json()["session"]
    yield LiveService(url, session)
    for running in (server, engine):
        asyncio.run_coroutine_threadsafe(running.close(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


_STATUSES = ["400", "401", "404", "405", "413", "415"]
_config = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": _STATUSES}}})
schema = schemathesis.openapi.from_dict(description(), config=_config)


@schema.parametrize()
@settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_every_operation_keeps_to_its_description(case: Case[Any], service: LiveService) -> None:
    assert case.meta
    unsuitable = case.meta.is_negative_at(ParameterLocation.HEADER)  # no session, for example: leave it at that
    headers = {} if unsuitable else {"Authorization": f"Bearer {service.session}"}
    response = case.call(service.url, headers=headers, timeout=10)
    assume(len(response.request.url or "") < LONGEST_ADDRESS)
    case.validate_response(response, excluded_checks=[positive_data_acceptance])
    if case.meta.generation.mode == GenerationMode.POSITIVE and response.status_code == 400:
        assert response.json()["type"] in WORTH_REFUSING, response.text


def test_the_description_and_the_code_state_the_same_limits() -> None:
    schemas = description()["components"]["schemas"]
    message = schemas["NewMessage"]["properties"]
    assert set(message) == set(NewMessage.model_fields)
    assert set(schemas["NewSession"]["properties"]) == set(NewSession.model_fields)
    assert set(schemas["NewRating"]["properties"]) == set(NewRating.model_fields)
    assert schemas["NewRating"]["properties"]["n"]["maximum"] == LARGEST_N
    assert message["text"]["maxLength"] == LONGEST
    assert message["id"]["pattern"] == ID_PATTERN


def test_every_problem_that_is_explained_is_raised_and_the_other_way_round() -> None:
    sources = "".join(path.read_text() for path in Path("bot/channels").glob("*.py"))
    raised = {slug for slug in EXPLANATIONS if f', "{slug}", ' in sources}
    assert raised == set(EXPLANATIONS)
