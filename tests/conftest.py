"""What the tests share: databases, a fake engine, the service on both."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import settings

from bot.app import init_app
from bot.channels.keys import Scheme
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrate import upgrade
from bot.store.tables import Table
from tests.fake_engine import SECRET, FakeEngine
from tests.mail_server import MailServer, mail_server
from tests.registering import opened

settings.register_profile("psqm", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("psqm")

SCHEME = Scheme("Test Quality Mark", "TQM", "office@tqm.example", "www.tqm.example")

type Client = TestClient[web.Request, web.Application]
type StartService = Callable[..., Awaitable[Client]]

_POSTGRES = os.environ.get("PSQM_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("PSQM_") and not name.startswith("PSQM_TEST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    monkeypatch.setenv("PSQM_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("PSQM_EXAMPLE_DATA", "no")  # seconds that only its own tests need


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    asyncio.run(upgrade(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[str]:
    """The address of a PostgreSQL database of our own with all tables; it goes when the tests end."""
    url = asyncio.run(new_postgres_database())
    asyncio.run(upgrade(url))
    yield url
    asyncio.run(drop_postgres_database(url))


async def new_postgres_database() -> str:
    """Makes an empty database and returns its address; the test fails with one line when there is no PostgreSQL."""
    name = f"psqm_test_{uuid4().hex[:12]}"
    try:
        await _administer(f'CREATE DATABASE "{name}"')
    except (OSError, asyncpg.PostgresError) as error:
        pytest.fail(f"PostgreSQL is needed at {_POSTGRES} (set PSQM_TEST_POSTGRES_URL): {error}", pytrace=False)
    return _POSTGRES.rpartition("/")[0].replace("postgresql://", "postgresql+asyncpg://") + f"/{name}"


async def drop_postgres_database(url: str) -> None:
    await _administer(f'DROP DATABASE "{url.rpartition("/")[2]}" WITH (FORCE)')


async def _administer(statement: str, url: str = _POSTGRES) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""), timeout=5)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A fresh SQLite database."""
    return f"sqlite+aiosqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'psqm.db')}"


@pytest.fixture
def postgres_url(migrated_postgres: str) -> Iterator[str]:
    """The PostgreSQL database, emptied after the test."""
    yield migrated_postgres
    asyncio.run(_administer(_EMPTYING, migrated_postgres))


# Row by row: truncating fifteen tables takes longer than most tests. A service that is ended only after this may have been
# stopped in the middle of a transaction, which would be waited for.
_TABLES = ("school_search", "school_word", *(table.name for table in reversed(Table.metadata.sorted_tables)))
_EMPTYING = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid(); "
) + "; ".join(f"DELETE FROM {name}" for name in _TABLES)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind."""
    url: str = request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param])
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database of each kind, opened."""
    async with opened(database_url) as database:
        yield database


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    """A mail server that takes everything."""
    async with mail_server() as running:
        yield running


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
async def engine_server(engine: FakeEngine) -> AsyncIterator[TestServer]:
    """The fake engine, listening."""
    server = TestServer(engine.app())
    async with server:
        yield server


@pytest.fixture
async def start_service(engine_server: TestServer, tmp_path: Path) -> AsyncIterator[StartService]:
    """Starts a service on the fake engine, with these settings; returns a client of it."""
    async with AsyncExitStack() as stack:

        async def start(database_url: str, **chosen: Any) -> Client:
            defaults = {
                "database_url": database_url,
                "engine_url": str(engine_server.make_url("")).rstrip("/"),
                "engine_secret": SECRET,
                "secret_key": "a secret key for tests, long enough",
                "data_dir": tmp_path / "var",
                "rate_limit": "off",
                "example_data": False,
            }
            app = init_app(Settings(**(defaults | chosen)), SCHEME)
            return await stack.enter_async_context(TestClient(TestServer(app)))

        yield start


@pytest.fixture
async def client(start_service: StartService, sqlite_url: str) -> Client:
    """A client of a service on SQLite."""
    return await start_service(sqlite_url)
