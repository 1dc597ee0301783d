"""Server-sent events: whatever is said in a conversation, from any tab or process, once and in order."""

import asyncio
import json
from collections.abc import AsyncIterator

from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response

from bot.bell import Bell
from bot.channels.admission import conversation_of
from bot.channels.keys import BELL, CONVERSATIONS, DATABASE
from bot.channels.problems import Problem
from bot.channels.shown import shown
from bot.channels.web import after, message_number
from bot.conversation import ConversationUnknown
from bot.store.database import Database, StoreUnavailable
from bot.store.message import Message
from bot.store.transcript import last_numbers

MOST_STREAMS = 5
"""Streams that a conversation may have open in one service."""

HEARTBEAT_SECONDS = 15.0
_POLL_SECONDS = 1.0
OTHERS_SECONDS = 0.4
"""How often what other processes keep is looked for: a leader's answer is to be in the open widget within a second of the click.
One query by index, however many streams are open, and none while no stream is: see ``python -m bench handover``."""


async def events(request: web.Request) -> web.StreamResponse:
    """``GET /api/events``: the messages after ``Last-Event-ID`` or ``?after=``, and then each new one."""
    conversation_id = conversation_of(request)
    start = after(request)
    if last := request.headers.get("Last-Event-ID"):
        start = message_number("Last-Event-ID", last)
    bell = request.app[BELL]
    if bell.listeners(conversation_id) >= MOST_STREAMS:
        detail = f"This conversation has {MOST_STREAMS} event streams open already: close one first."
        raise Problem(429, "too-many-streams", detail, {"Retry-After": "15"})
    with bell.listening(conversation_id) as ear:
        said = await request.app[CONVERSATIONS].history(conversation_id, start)
        async with sse_response(request, ping_interval=HEARTBEAT_SECONDS) as stream:
            try:
                await _send(request, stream, conversation_id, said)
                await _follow(request, stream, ear, conversation_id, said[-1].n if said else start)
            except (ConnectionError, TimeoutError, ConversationUnknown):
                pass  # the reader has gone, or the conversation was erased: either way, nobody is left to tell
    return stream


async def _follow(
    request: web.Request, stream: EventSourceResponse, ear: asyncio.Event, conversation_id: str, start: int
) -> None:
    while _is_open(request, stream):
        try:
            async with asyncio.timeout(_POLL_SECONDS):
                await ear.wait()
        except TimeoutError:
            continue
        ear.clear()
        try:
            said = await request.app[CONVERSATIONS].history(conversation_id, start)
        except StoreUnavailable:
            ear.set()
            await asyncio.sleep(_POLL_SECONDS)
            continue
        await _send(request, stream, conversation_id, said)
        start = said[-1].n if said else start


def _is_open(request: web.Request, stream: EventSourceResponse) -> bool:
    transport = request.transport
    return not (request.app[BELL].is_closed or transport is None or transport.is_closing()) and stream.is_connected()


async def _send(request: web.Request, stream: EventSourceResponse, conversation_id: str, said: list[Message]) -> None:
    for message in said:
        await stream.send(json.dumps(shown(message)), event="message", id=str(message.n))
    await asyncio.shield(request.app[CONVERSATIONS].seen(conversation_id, said))  # also when the reader goes at once


async def watch_other_processes(app: web.Application) -> AsyncIterator[None]:
    """Rings the bell for what other processes keep."""
    watching = asyncio.create_task(_watch(app[DATABASE], app[BELL]))
    yield
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def _watch(database: Database, bell: Bell) -> None:
    known: dict[str, int] = {}
    while True:
        await asyncio.sleep(OTHERS_SECONDS)
        if not (listened := bell.listened()):
            continue
        try:
            async with database.reading() as session:
                newest = await last_numbers(session, listened)
        except StoreUnavailable:
            continue
        for conversation_id, n in newest.items():
            if n > known.get(conversation_id, 0):
                bell.ring(conversation_id)
        known = newest


async def end_streams(app: web.Application) -> None:
    """Ends the open streams when the service stops; they would hold it up."""
    app[BELL].close()
