"""The chat API: sessions, messages, what clients need to know. Its description is served at /api/openapi.json."""

from dataclasses import asdict

from aiohttp import web

from bot.channels.admission import conversation_of, count_address, count_session
from bot.channels.body import LARGEST_N, NewMessage, NewRating, NewSession, check_length, read_body
from bot.channels.from_letter import start_from_letter
from bot.channels.keys import CONVERSATIONS, DATABASE, SCHEME, SESSIONS
from bot.channels.openapi import description
from bot.channels.problems import Problem
from bot.channels.shown import shown
from bot.learning.rating import rate
from bot.store.message import Message


async def new_session(request: web.Request) -> web.Response:
    """``POST /api/sessions``: a conversation, greeted; with a letter's token it knows the letter's school, head and hub."""
    await count_address(request)
    body = await read_body(request, NewSession)
    if body.letter:
        started = await start_from_letter(request, "web", body.letter)
    else:
        started = await request.app[CONVERSATIONS].start("web")
    session = request.app[SESSIONS].sign(started.conversation_id)
    return web.json_response({"session": session, **_listed(started.messages)}, status=201)


async def new_message(request: web.Request) -> web.Response:
    """``POST /api/messages``: what a person says; returns what the assistant answers."""
    await count_address(request)
    conversation_id = conversation_of(request)
    await count_session(request, conversation_id)
    body = await read_body(request, NewMessage)
    check_length(body.text)
    answer = await request.app[CONVERSATIONS].say(
        conversation_id,
        text=body.text if not body.choice else None,
        choice=body.choice or None,
        client_id=body.id or None,
    )
    return web.json_response(_listed(answer))


async def messages(request: web.Request) -> web.Response:
    """``GET /api/messages?after=<n>``: the conversation so far."""
    conversation_id = conversation_of(request)
    history = await request.app[CONVERSATIONS].history(conversation_id, after(request))
    await request.app[CONVERSATIONS].seen(conversation_id, history)
    return web.json_response(_listed(history))


async def new_rating(request: web.Request) -> web.Response:
    """``POST /api/ratings``: whether an answer was right; returns what the assistant says to that, mostly nothing."""
    await count_address(request)
    conversation_id = conversation_of(request)
    await count_session(request, conversation_id)
    body = await read_body(request, NewRating)
    said = await rate(request.app[CONVERSATIONS], request.app[DATABASE], conversation_id, body.n, right=body.right)
    return web.json_response(_listed(said))


async def config(request: web.Request) -> web.Response:
    """``GET /api/config``: what a client says about the scheme."""
    return web.json_response(asdict(request.app[SCHEME]))


async def openapi(_request: web.Request) -> web.Response:
    """``GET /api/openapi.json``."""
    return web.json_response(description())


def after(request: web.Request) -> int:
    """The ``after`` of the query, the only thing that a query may hold; raises Problem 400."""
    if len(request.query) > 1 or set(request.query) - {"after"}:
        raise Problem(400, "malformed", "There is a parameter that is not known here.")
    return message_number("after", request.query.get("after", "0"))


def message_number(name: str, value: str) -> int:
    """The number of a message, or 0 for before the first; raises Problem 400 with the ``name`` of what was wrong."""
    if not (value.isascii() and value.isdecimal()) or len(value) > 10 or int(value) > LARGEST_N:
        raise Problem(400, "malformed", f"{name}: should be a whole number from 0 to {LARGEST_N}.")
    return int(value)


def _listed(said: list[Message]) -> dict[str, list[dict[str, object]]]:
    return {"messages": [shown(message) for message in said]}


async def forbid_storing(request: web.Request, response: web.StreamResponse) -> None:
    """What the API says is for one person and one moment."""
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
