"""Errors as problem details (RFC 9457), each explained at its own address."""

from dataclasses import dataclass, field
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.channels.keys import SCHEME
from bot.channels.routes import route_of
from bot.channels.sessions import NoSession
from bot.conversation import ChoiceNotOffered, ConversationBusy, ConversationUnknown
from bot.learning.rating import NotRateable
from bot.rasa import EngineUnavailable
from bot.store.database import StoreUnavailable
from bot.switch import SwitchedOff
from bot.typed import LONGEST, EmptyMessage

RETRY_SECONDS = 5
"""When a client may try again after the assistant was unavailable."""

EXPLANATIONS = {
    "malformed": "The request is not what this address expects; the detail says what is wrong with it.",
    "empty-message": "The message holds nothing that can be read. Write some words and send it again.",
    "choice-not-offered": "Only the choices under the assistant's last message can be chosen.",
    "not-rateable": "Only an answer that states something can be rated: one whose `rating` is not `none`.",
    "unknown-link": "The link does not belong to a letter. Start a conversation without it.",
    "expired-link": "The link belongs to a letter and is too old. Start a conversation without it.",
    "no-session": "The session is missing, not genuine or too old. Start a new one with POST /api/sessions.",
    "too-long": f"A message has at most {LONGEST} characters, and a request at most 64 kilobytes.",
    "not-json": "Requests are JSON and say so: Content-Type: application/json.",
    "too-many": "Too many requests in a short time. Retry-After says in how many seconds the next one is welcome.",
    "too-many-streams": "A conversation has at most five event streams at a time. Close one first.",
    "unavailable": "The assistant cannot answer just now. A message with the same id is answered when it comes again.",
    "busy": "Earlier messages of the conversation are still being answered. Try again in a moment.",
    "switched-off": "The assistant is switched off for a while; the detail says why.",
    "broken": "Something went wrong inside the assistant. It has been noted.",
}

_log = structlog.get_logger(__name__)


@dataclass
class Problem(Exception):
    """An error as a client sees it; ``slug`` is a key of EXPLANATIONS, or empty when the status says it all."""

    status: int
    slug: str
    detail: str
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> web.Response:
        return web.json_response(
            {
                "type": f"/problems/{self.slug}" if self.slug else "about:blank",
                "title": HTTPStatus(self.status).phrase,
                "status": self.status,
                "detail": self.detail,
            },
            status=self.status,
            headers=self.headers,
            content_type="application/problem+json",
        )


def problem_of(error: Exception, email: str) -> Problem | None:
    """What a client is told about an error of the conversation; ``email`` is where people can write instead."""
    retry = {"Retry-After": str(RETRY_SECONDS)}
    instead = f"please try again in a minute, or write to {email}."
    match error:
        case Problem():
            return error
        case EmptyMessage():
            return Problem(400, "empty-message", "The message is empty: please write your question.")
        case ChoiceNotOffered():
            return Problem(
                400, "choice-not-offered", "That choice is no longer on offer: please use one of the latest."
            )
        case NotRateable():
            return Problem(400, "not-rateable", "Only an answer of the assistant's that states something can be rated.")
        case NoSession() | ConversationUnknown():
            detail = "The session is missing or has ended: please start a new conversation."
            return Problem(401, "no-session", detail, {"WWW-Authenticate": "Bearer"})
        case EngineUnavailable() | StoreUnavailable():
            return Problem(503, "unavailable", f"The assistant cannot answer just now: {instead}", retry)
        case ConversationBusy():
            return Problem(503, "busy", f"The assistant is still busy with your last message: {instead}", retry)
        case SwitchedOff():
            return Problem(503, "switched-off", f"{error} You can write to {email}.", retry | {"Retry-After": "60"})
    return _problem_of_http(error)


def _problem_of_http(error: Exception) -> Problem | None:
    match error:
        case web.HTTPRequestEntityTooLarge():
            return Problem(413, "too-long", "The request is longer than 64 kilobytes.")
        case web.HTTPMethodNotAllowed():
            detail = f"This address takes {', '.join(sorted(error.allowed_methods))}."
            return Problem(405, "", detail, {"Allow": error.headers["Allow"]})
        case web.HTTPNotFound():
            return Problem(404, "", "There is nothing at this address.")
    return None


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns every error into a problem; what nobody foresaw is logged, and told to nobody."""
    try:
        return await handler(request)
    except Exception as error:
        problem = problem_of(error, request.app[SCHEME].email)
        if problem is None:
            if isinstance(error, web.HTTPException):
                raise
            _log.exception("request failed", method=request.method, path=route_of(request))
            detail = f"Something went wrong here: please try again, or write to {request.app[SCHEME].email}."
            problem = Problem(500, "broken", detail)
    return problem.response()


async def explanation(request: web.Request) -> web.Response:
    """``/problems/<slug>`` in a line of text."""
    if (text := EXPLANATIONS.get(request.match_info["slug"])) is None:
        raise web.HTTPNotFound
    return web.Response(text=text + "\n")
