"""Both sites as the command line starts them: ready, stopped, and one line when a port is taken."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer, unused_port

from bot.app import StartError, init_app, serve_sites
from bot.settings import Settings
from tests.conftest import SCHEME
from tests.fake_engine import SECRET


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def settings(tmp_path: Path, engine: TestServer | None = None, **given: Any) -> Settings:
    ports = {"port": unused_port(), "actions_port": unused_port()}
    url = str(engine.make_url("")) if engine else ""
    return Settings(**(ports | {"data_dir": tmp_path, "engine_url": url, "engine_secret": SECRET} | given))


async def test_both_sites_are_served_until_cancelled(tmp_path: Path, engine_server: TestServer) -> None:
    chosen = settings(tmp_path, engine_server)
    ready = asyncio.Event()
    serving = asyncio.create_task(serve_sites(init_app(chosen, SCHEME), chosen, ready.set))
    async with asyncio.timeout(10):
        await ready.wait()
    async with aiohttp.ClientSession() as web:
        assert (await web.get(f"{chosen.public_url}/readyz")).status == 200
        assert (await web.get(f"http://127.0.0.1:{chosen.actions_port}/webhook")).status == 405
        assert (await web.post(f"{chosen.public_url}/webhook")).status == 404
        serving.cancel()
        await asyncio.wait([serving], timeout=5)
        assert serving.cancelled()
        with pytest.raises(aiohttp.ClientConnectorError):
            await web.get(f"{chosen.public_url}/healthz")


@pytest.mark.parametrize("setting", ["port", "actions_port"])
async def test_a_port_that_is_taken_is_named(tmp_path: Path, taken_port: int, setting: str) -> None:
    chosen = settings(tmp_path, None, **{setting: taken_port})
    with pytest.raises(StartError) as error:
        await serve_sites(init_app(chosen, SCHEME), chosen)
    assert str(taken_port) in str(error.value)
    assert f"PSQM_{setting.upper()}" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_process_cleanly(tmp_path: Path, told: signal.Signals) -> None:
    chosen = settings(tmp_path)
    code = "from bot.app import run; from bot.settings import Settings; run(Settings())"
    environment = os.environ | {
        "PSQM_PORT": str(chosen.port),
        "PSQM_ACTIONS_PORT": str(chosen.actions_port),
        "PSQM_DATA_DIR": str(tmp_path),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(30), aiohttp.ClientSession() as web:
            await _until_alive(web, f"{chosen.public_url}/healthz")
            process.send_signal(told)
            _, written = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, written.decode()
    assert b"Traceback" not in written


async def _until_alive(web: aiohttp.ClientSession, url: str) -> None:
    for _ in range(200):
        try:
            if (await web.get(url)).status == 200:
                return
        except aiohttp.ClientConnectorError:
            await asyncio.sleep(0.1)
