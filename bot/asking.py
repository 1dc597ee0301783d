"""Asks the assistant one question from the command line, through the same door as everybody."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from bot.settings import Settings

_CONNECT_SECONDS = 1.0
_START_SECONDS = 90.0


class NotAnswered(Exception):
    """There is no answer; the text is one line that says why."""


async def ask_once(settings: Settings, question: str) -> list[dict[str, Any]]:
    """Returns the answer's messages, as the chat API gives them.

    Asks the assistant that runs on this machine, or starts one for the question. Raises NotAnswered, and what starting raises.
    """
    async with _session(f"http://{settings.host}:{settings.port}") as http:
        if await _is_up(http):
            return await _ask(http, question)
    async with _own_assistant(settings) as address, _session(address) as http:
        return await _ask(http, question)


def _session(address: str) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(address, timeout=aiohttp.ClientTimeout(total=30, sock_connect=_CONNECT_SECONDS))


async def _is_up(http: aiohttp.ClientSession) -> bool:
    try:
        async with http.get("/readyz") as response:
            return response.status == 200 and "checks" in await response.json()
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return False


async def _ask(http: aiohttp.ClientSession, question: str) -> list[dict[str, Any]]:
    try:
        started = await _post(http, "/api/sessions", {})
        answer = await _post(
            http, "/api/messages", {"text": question}, {"Authorization": f"Bearer {started['session']}"}
        )
    except (aiohttp.ClientError, TimeoutError) as error:
        raise NotAnswered(f"The assistant did not answer ({type(error).__name__}): see `psqm doctor`.") from None
    messages: list[dict[str, Any]] = answer["messages"]
    return messages


async def _post(
    http: aiohttp.ClientSession, path: str, body: dict[str, str], headers: dict[str, str] | None = None
) -> dict[str, Any]:
    async with http.post(path, json=body, headers=headers) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        if response.status >= 400:
            raise NotAnswered(str(answer.get("detail") or answer.get("title")))
        return answer


@asynccontextmanager
async def _own_assistant(settings: Settings) -> AsyncIterator[str]:
    """An assistant of our own on free ports, quiet, with the same data; gives its address."""
    from bot import logs
    from bot.supervisor import serve_all

    ports = dict(zip(("port", "engine_port", "actions_port"), _free_ports(3), strict=True))
    quiet = Settings(**ports, public_url="", engine_url="", log_level="error")
    logs.configure(quiet)
    ready = asyncio.Event()
    serving = asyncio.create_task(serve_all(quiet, ready.set))
    starting = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({serving, starting}, timeout=_START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
        if not ready.is_set():
            raise NotAnswered(f"The engine was not ready after {_START_SECONDS:.0f} seconds: see `psqm doctor`.")
        yield f"http://{quiet.host}:{quiet.port}"
    finally:
        starting.cancel()
        serving.cancel()
        await asyncio.gather(serving, starting, return_exceptions=True)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [taken.getsockname()[1] for taken in sockets]
    finally:
        for taken in sockets:
            taken.close()
