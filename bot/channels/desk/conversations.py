"""``/desk/conversations``: what was said and understood; a member takes a conversation over, speaks in it, gives it back."""

import asyncio
import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response

from bot.channels.desk.conversation_shown import CHANNELS, shown
from bot.channels.desk.cookie import session_id_of
from bot.channels.desk.lists import page_of
from bot.channels.desk.signed_in import at_the_desk, back_to, desk_form, desk_page, doing, signed_in
from bot.channels.events import HEARTBEAT_SECONDS, MOST_STREAMS
from bot.channels.keys import BELL, DATABASE, QUESTION_NOTICES, SETTINGS
from bot.channels.problems import Problem
from bot.desk import conversations
from bot.desk.conversations import AnswerRefused, ConversationShown
from bot.desk.done import Done
from bot.desk.related import registrations_of
from bot.notices import phrases
from bot.staff import sessions
from bot.staff.member import Member, NotAllowed
from bot.store.database import StoreUnavailable

_POLL_SECONDS = 1.0


@at_the_desk
async def show_list(request: web.Request) -> web.StreamResponse:
    """``GET /desk/conversations?page=1``."""
    member, page = await signed_in(request), page_of(request)
    async with request.app[DATABASE].reading() as session:
        found = await conversations.listed(session, member, limit=page.size + 1, offset=page.offset)
    rows = [
        {
            "id": each.id,
            "channel": CHANNELS.get(each.channel, each.channel),
            "started": phrases.moment(each.started),
            "last": phrases.moment(each.last),
            "held_by": each.held_by,
            "messages": each.messages,
            "about": each.about,
        }
        for each in found[: page.size]
    ]
    return desk_page(request, member, "conversations.html", listed=rows, page=page.holding(found))


@at_the_desk
async def show(request: web.Request) -> web.StreamResponse:
    """``GET /desk/conversations/<id>``."""
    return await _page(request)


@at_the_desk
async def take(request: web.Request) -> web.StreamResponse:
    """``POST /desk/conversations/<id>/take``."""
    await desk_form(request)
    async with request.app[DATABASE].writing() as session:
        notices = request.app[QUESTION_NOTICES]
        done = await conversations.take(
            session, await doing(request), _id(request), datetime.now(UTC), notices, patience=_patience(request)
        )
        await session.commit()
    return await _page(request, 409, done=done) if done.by else back_to(_path(request), "taken")


@at_the_desk
async def say(request: web.Request) -> web.StreamResponse:
    """``POST /desk/conversations/<id>/say``: ``key`` makes a double click one message."""
    form = await desk_form(request)
    text = form.get("text", "")
    try:
        async with request.app[DATABASE].writing() as session:
            done = await conversations.say(
                session,
                await doing(request),
                _id(request),
                text,
                datetime.now(UTC),
                request.app[QUESTION_NOTICES],
                key=form.get("key", ""),
                patience=_patience(request),
            )
            await session.commit()
    except AnswerRefused as refused:
        return await _page(request, 422, typed=text, wrong=str(refused))
    return await _page(request, 409, typed=text, done=done) if done.by else back_to(f"{_path(request)}#end")


@at_the_desk
async def give_back(request: web.Request) -> web.StreamResponse:
    """``POST /desk/conversations/<id>/give-back``."""
    await desk_form(request)
    async with request.app[DATABASE].writing() as session:
        notices = request.app[QUESTION_NOTICES]
        await conversations.give_back(session, await doing(request), _id(request), datetime.now(UTC), notices)
        await session.commit()
    return back_to(_path(request), "given_back")


@at_the_desk
async def news(request: web.Request) -> web.StreamResponse:
    """``GET /desk/conversations/<id>/news?after=<n>``: an event with the newest message's ``n`` whenever something was said."""
    member, bell, conversation_id = await signed_in(request), request.app[BELL], _id(request)
    last = await _newest(request, member)
    after = request.query.get("after", "")
    known = int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else last
    if bell.listeners(conversation_id) >= 2 * MOST_STREAMS:
        raise Problem(429, "too-many-streams", "This conversation is open in too many places: close one first.")
    with bell.listening(conversation_id) as ear:
        async with sse_response(request, ping_interval=HEARTBEAT_SECONDS) as stream:
            with suppress(ConnectionError, TimeoutError, NotAllowed):  # gone, or it is not theirs to see any more
                await _follow(request, stream, ear, known)
    return stream


async def _follow(request: web.Request, stream: EventSourceResponse, ear: asyncio.Event, known: int) -> None:
    ear.set()  # something may have been said between the page and its stream
    while not request.app[BELL].is_closed and stream.is_connected():
        try:
            async with asyncio.timeout(_POLL_SECONDS):
                await ear.wait()
        except TimeoutError:
            continue
        ear.clear()
        try:
            newest = await _newest(request, await _still_signed_in(request))
        except StoreUnavailable:
            ear.set()
            await asyncio.sleep(_POLL_SECONDS)
            continue
        if newest > known:
            await _still_signed_in(request)  # it may have ended while the database was asked
            known = newest
            await stream.send(str(newest), event="news", id=str(newest))


async def _still_signed_in(request: web.Request) -> Member:
    """A stream stays open for hours, and ends with the session. Raises NotAllowed."""
    session_id = session_id_of(request)
    async with request.app[DATABASE].reading() as session:
        found = await sessions.whose(session, session_id, datetime.now(UTC)) if session_id else None
    if found is None:
        raise NotAllowed
    return found[1]


async def _newest(request: web.Request, member: Member) -> int:
    async with request.app[DATABASE].reading() as session:
        found = await conversations.conversation(session, member, _id(request))
    return found.messages[-1].n if found.messages else 0


async def _page(
    request: web.Request,
    status: int = 200,
    typed: str = "",
    wrong: str = "",
    done: Done[ConversationShown] | None = None,
) -> web.Response:
    """One conversation. ``typed``: what the member wrote; ``done``: somebody else holds it."""
    member = await signed_in(request)
    async with request.app[DATABASE].reading() as session:
        found = await conversations.conversation(session, member, _id(request))
        schools = await registrations_of(session, member, conversation_id=found.id)
    first = ""
    if done and done.by:
        since = phrases.moment(done.by.at)
        first = f"{done.by.name} has answered in this conversation since {since}, so your words were not sent."
    return desk_page(
        request,
        member,
        "conversation.html",
        status,
        found=found,
        channel=CHANNELS.get(found.channel, found.channel),
        started=phrases.moment(found.started),
        messages=[shown(message, found.understood) for message in found.messages],
        newest=found.messages[-1].n if found.messages else 0,
        schools=schools,
        typed=typed,
        wrong=wrong,
        first=first,
        key=secrets.token_urlsafe(9),
        path=_path(request),
    )


def _patience(request: web.Request) -> timedelta:
    return timedelta(minutes=request.app[SETTINGS].takeover_minutes)


def _id(request: web.Request) -> str:
    conversation_id = request.match_info["id"]
    if len(conversation_id) > 60:
        raise NotAllowed
    return conversation_id


def _path(request: web.Request) -> str:
    return f"/desk/conversations/{_id(request)}"
