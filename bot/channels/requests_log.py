"""One line for each request, at debug: enough to see what happens, nothing of what was said or who said it."""

from time import perf_counter

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.channels.routes import route_of

_log = structlog.get_logger(__name__)


@web.middleware
async def log_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    began = perf_counter()
    response = await handler(request)
    milliseconds = round((perf_counter() - began) * 1000, 1)
    _log.debug("request", method=request.method, path=route_of(request), status=response.status, ms=milliseconds)
    return response
