"""For whoever runs the service: is it alive, can it answer, what does it count."""

import asyncio
from contextlib import suppress

from aiohttp import web

from bot.channels.keys import DATABASE, ENGINE, METRICS
from bot.outbox import office
from bot.rasa import EngineUnavailable
from bot.store.database import StoreUnavailable

_PATIENCE_SECONDS = 1.0
_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


async def healthz(_request: web.Request) -> web.Response:
    """``GET /healthz``: 200 while the process is alive."""
    return web.json_response({"status": "alive"})


async def readyz(request: web.Request) -> web.Response:
    """``GET /readyz``: 200 when a question would be answered, 503 otherwise; says which part is missing."""
    database, (engine, model) = await asyncio.gather(_check_database(request), _check_engine(request))
    checks = {"database": database, "engine": engine, "model": model}
    ready = database == "ok" and engine == "ok" and model not in ("", "unknown")
    body = {"status": "ready" if ready else "not ready", "checks": checks}
    return web.json_response(body, status=200 if ready else 503, headers={"Cache-Control": "no-store"})


async def metrics(request: web.Request) -> web.Response:
    """``GET /metrics``, for Prometheus."""
    with suppress(StoreUnavailable, TimeoutError):
        await _count_outbox(request)
    return web.Response(body=request.app[METRICS].exposition(), headers={"Content-Type": _METRICS_TYPE})


async def _count_outbox(request: web.Request) -> None:
    """Counted when asked: a worker of another process may have changed it."""
    async with asyncio.timeout(_PATIENCE_SECONDS), request.app[DATABASE].reading() as session:
        for state, count in (await office.counts(session)).items():
            request.app[METRICS].outbox.labels(state).set(count)


async def _check_database(request: web.Request) -> str:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await request.app[DATABASE].ping()
    except (StoreUnavailable, TimeoutError):
        return "unavailable"
    return "ok"


async def _check_engine(request: web.Request) -> tuple[str, str]:
    """The engine's state, and the name of its model or "unknown"."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return "ok", await request.app[ENGINE].model()
    except (EngineUnavailable, TimeoutError):
        return "unavailable", "unknown"
