"""Who may come in, and how often: the checks before a request reaches the conversation."""

from aiohttp import web

from bot.channels.addresses import client_address
from bot.channels.keys import RATE_LIMITS, SESSIONS
from bot.channels.problems import Problem
from bot.channels.rate_limit import Allowance

ALLOWANCE = web.RequestKey("allowance", Allowance)


def conversation_of(request: web.Request) -> str:
    """The conversation of the request's session; raises NoSession."""
    return request.app[SESSIONS].read_header(request.headers.get("Authorization", ""))


async def count_address(request: web.Request) -> None:
    """Raises Problem 429 when the request's address asks too often."""
    _admit(request, await request.app[RATE_LIMITS].count_address(client_address(request)))


async def count_session(request: web.Request, conversation_id: str) -> None:
    """Raises Problem 429 when the session asks too often."""
    _admit(request, await request.app[RATE_LIMITS].count_session(conversation_id))


async def tell_allowance(request: web.Request, response: web.StreamResponse) -> None:
    """Adds the RateLimit headers of the tighter limit to whatever answer the request gets."""
    if allowance := request.get(ALLOWANCE):
        response.headers.update(allowance.headers)


def _admit(request: web.Request, allowance: Allowance | None) -> None:
    if allowance is None:
        return
    known = request.get(ALLOWANCE)
    if known is None or allowance.remaining <= known.remaining:
        request[ALLOWANCE] = allowance
    if not allowance.allowed:
        detail = f"That was a lot at once: please wait {allowance.reset} seconds and try again."
        raise Problem(429, "too-many", detail, {"Retry-After": str(allowance.reset)})
