"""Which other sites' pages may use the chat API, and load the widget."""

from aiohttp import web
from aiohttp.typedefs import Handler

_ANY_SITE = ("/widget.js", "/static/")


class Cors:
    """The policy, worked out once. ``allow`` runs for each response; ``answer_preflight`` is a middleware."""

    def __init__(self, origins: tuple[str, ...]) -> None:
        self._origins = frozenset(origins)
        self._preflight = {
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
            "Access-Control-Max-Age": "600",
        }
        self._exposed = "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After"

    async def allow(self, request: web.Request, response: web.StreamResponse) -> None:
        """Adds what lets an allowed site's page read the response; a module script is always fetched with CORS."""
        if request.path.startswith(_ANY_SITE):
            response.headers["Access-Control-Allow-Origin"] = "*"
        elif request.path.startswith("/api/"):
            response.headers.add("Vary", "Origin")
            if (origin := request.headers.get("Origin", "")) in self._origins:
                response.headers["Access-Control-Allow-Origin"] = origin
                response.headers["Access-Control-Expose-Headers"] = self._exposed

    @web.middleware
    async def answer_preflight(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A browser's question before it sends the request itself: ``OPTIONS /api/…``."""
        asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        if asks and request.path.startswith("/api/") and request.headers.get("Origin") in self._origins:
            return web.Response(status=204, headers=self._preflight)
        return await handler(request)
