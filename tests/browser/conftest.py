"""The real service, in front of a scripted engine, seen through the system's Chromium."""

import asyncio
import inspect
import os
import re
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.app import init_app
from bot.channels.keys import SCHEME
from bot.settings import Settings
from tests.browser.scripted_engine import ScriptedEngine
from tests.browser.site import HostSite, Site
from tests.browser.visit import Visit

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("PSQM_TEST_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECRET = "what the scripted engine knows us by"
PATIENCE = 15_000  # ms: a machine that does other things beside the tests is slow, not wrong

type OpenSite = Callable[..., Awaitable[Site]]
type OpenVisit = Callable[..., Awaitable[Visit]]

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One browser for all tests, and so one event loop."""
    for item in items:
        if Path(__file__).parent in item.path.parents and inspect.iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    if not shutil.which(CHROMIUM):
        pytest.fail(f"{CHROMIUM} is missing: apt-get install chromium, or set PSQM_TEST_CHROMIUM", pytrace=False)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="session")
async def host_site() -> AsyncIterator[HostSite]:
    """Another site, of another origin, on whose pages the widget may stand."""
    host = HostSite(free_port())
    async with serving(host.app(), host.port):
        yield host


@pytest_asyncio.fixture(loop_scope="session")
async def open_site(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[OpenSite]:
    """Starts the service on the scripted engine, with these settings."""
    async with AsyncExitStack() as stack:

        async def start(**settings: Any) -> Site:
            engine, engine_port, port = ScriptedEngine(SECRET), free_port(), free_port()
            given = {
                "port": port,
                "engine_port": engine_port,
                "engine_secret": SECRET,
                "secret_key": "a secret key for tests, long enough",
                "database_url": f"sqlite+aiosqlite:///{shutil.copy(migrated_sqlite, tmp_path / f'{port}.db')}",
                "facts_path": ROOT / "facts.yml",
                "rate_limit": "off",
            }
            app = init_app(Settings(**(given | settings)))
            await stack.enter_async_context(serving(engine.app(), engine_port))
            runner = await stack.enter_async_context(serving(app, port))
            return Site(f"http://127.0.0.1:{port}", app, runner, engine, app[SCHEME])

        yield start


@pytest_asyncio.fixture(loop_scope="session")
async def site(open_site: OpenSite) -> Site:
    """The service with its usual settings."""
    return await open_site()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, site: Site, request: pytest.FixtureRequest) -> AsyncIterator[OpenVisit]:
    """Opens a page as somebody with such a device would, and checks at the end that the page never complained."""
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    async def open_page(
        url: str | None = None, *, context: BrowserContext | None = None, before: str = "", **device: Any
    ) -> Visit:
        if context is None:
            context = await browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | device))
            context.set_default_timeout(PATIENCE)
            contexts.append(context)
            if before:
                await context.add_init_script(before)
        page: Page = await context.new_page()
        visits.append(Visit(page, site, ROOT / "build" / "screenshots"))
        await page.goto(url or site.url)
        return visits[-1]

    yield open_page
    complaints = [complaint for visitor in visits for complaint in visitor.complaints]
    if visits and not any(visitor.shots for visitor in visits):
        await visits[-1].shoot(
            re.sub(r"\W+", "-", request.node.name.removeprefix("test_").replace("_", "-")).strip("-")
        )
    for context in contexts:
        await context.close()
    assert complaints == []


@asynccontextmanager
async def serving(app: web.Application, port: int) -> AsyncIterator[web.AppRunner]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield runner
    finally:
        await asyncio.shield(runner.cleanup())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
