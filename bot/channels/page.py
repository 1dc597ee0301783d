"""``/chat``: the conversation as a plain page that works without JavaScript. Its session lives in a cookie."""

import hashlib
import itertools
import re
import secrets
from collections.abc import Mapping

from aiohttp import web

from bot.channels.admission import count_address, count_session
from bot.channels.body import ID_PATTERN, check_length
from bot.channels.forms import check_origin, read_form
from bot.channels.from_letter import start_from_letter
from bot.channels.keys import CONVERSATIONS, DATABASE, FORM_GUARD, SCHEME, SESSIONS, SETTINGS
from bot.channels.problems import Problem, problem_of
from bot.channels.sessions import NoSession
from bot.channels.shown import shown, shown_choice
from bot.channels.site import render
from bot.channels.web import message_number
from bot.conversation import ConversationUnknown
from bot.learning.rating import rate
from bot.store.database import StoreUnavailable
from bot.store.message import Choice, Expects, Message

_COOKIE = "psqm_chat"
_PATH = "/chat"
# Not "no-referrer" where a form of ours is checked: with it, browsers post the form with "Origin: null".
_PRIVATE = {"/chat/": "same-origin", "/desk/": "same-origin", "/r/": "same-origin", "/letters/": "no-referrer"}


async def show(request: web.Request) -> web.StreamResponse:
    """``GET /chat``: the conversation, begun when there is none; with ``?letter=TOKEN`` one that comes from this letter."""
    if token := request.query.get("letter"):
        return await _come_from_letter(request, token)
    try:
        conversation_id = await _known_conversation(request)
        fresh = conversation_id is None
        if conversation_id is None:
            conversation_id = await _start(request)
        response = await _page(request, conversation_id)
    except Exception as error:
        return await _page_with_error(request, error)
    if fresh:
        _remember(request, response, conversation_id)
    return response


async def say(request: web.Request) -> web.StreamResponse:
    """``POST /chat``: a text or a choice; then back to the page, so that reloading repeats nothing."""
    form: Mapping[str, str] = {}
    try:
        form = await read_form(request)
        conversation_id = await _known_conversation(request)
        check_origin(request, form, conversation_id)
        await count_address(request)
        if conversation_id is None:
            conversation_id = (await request.app[CONVERSATIONS].start("page")).conversation_id
        await count_session(request, conversation_id)
        check_length(form.get("text", ""))
        choice = form.get("choice")
        await request.app[CONVERSATIONS].say(
            conversation_id,
            text=None if choice else form.get("text", ""),
            choice=choice,
            client_id=_client_id(form),
        )
    except Exception as error:
        return await _page_with_error(request, error, form)
    return _back(request, conversation_id)


async def rate_answer(request: web.Request) -> web.StreamResponse:
    """``POST /chat/rating``: whether the last answer was right; then back to the page."""
    try:
        form = await read_form(request)
        conversation_id = await _known_conversation(request)
        check_origin(request, form, conversation_id)
        await count_address(request)
        if conversation_id is None:
            raise ConversationUnknown
        await count_session(request, conversation_id)
        n = message_number("n", form.get("n", ""))
        await rate(
            request.app[CONVERSATIONS], request.app[DATABASE], conversation_id, n, right=form.get("right") == "yes"
        )
    except Exception as error:
        return await _page_with_error(request, error)
    return _back(request, conversation_id)


async def start_over(request: web.Request) -> web.StreamResponse:
    """``POST /chat/new``: another conversation."""
    try:
        form = await read_form(request)
        check_origin(request, form, await _known_conversation(request))
        return _back(request, await _start(request))
    except Exception as error:
        return await _page_with_error(request, error)


async def keep_to_ourselves(request: web.Request, response: web.StreamResponse) -> None:
    """Search engines and other sites learn nothing of a conversation, a registration or a letter."""
    for beginning, policy in _PRIVATE.items():
        if f"{request.path}/".startswith(beginning):
            response.headers["Referrer-Policy"] = policy
            response.headers["X-Robots-Tag"] = "noindex"


async def _come_from_letter(request: web.Request, token: str) -> web.StreamResponse:
    """Then back to the page without the token, so that reloading does not begin another."""
    if request.method == "HEAD":  # whoever only looks whether there is a page begins nothing
        return web.Response(headers={"Cache-Control": "no-store"})
    try:
        await count_address(request)
        started = await start_from_letter(request, "page", token)
    except Exception as error:
        return await _page_with_error(request, error)
    return _back(request, started.conversation_id)


async def _start(request: web.Request) -> str:
    await count_address(request)
    return (await request.app[CONVERSATIONS].start("page")).conversation_id


async def _known_conversation(request: web.Request) -> str | None:
    """The conversation of the cookie, if there is one and it is still there."""
    try:
        conversation_id = request.app[SESSIONS].read(request.cookies.get(_COOKIE, ""))
        await request.app[CONVERSATIONS].history(conversation_id)
    except (NoSession, ConversationUnknown):
        return None
    return conversation_id


def _client_id(form: Mapping[str, str]) -> str | None:
    """The same form with the same words is the same message; with other words it is another one."""
    form_id = form.get("id", "")
    if not re.fullmatch(ID_PATTERN, form_id):
        return None
    words = form.get("choice") or form.get("text", "")
    return f"page-{hashlib.sha256(f'{form_id} {words}'.encode(errors='replace')).hexdigest()}"


def _back(request: web.Request, conversation_id: str) -> web.Response:
    # The fragment is the person's last question: a long answer is read from its beginning.
    response = web.Response(status=303, headers={"Location": f"{_PATH}#latest", "Cache-Control": "no-store"})
    _remember(request, response, conversation_id)
    return response


def _remember(request: web.Request, response: web.Response, conversation_id: str) -> None:
    response.set_cookie(
        _COOKIE,
        request.app[SESSIONS].sign(conversation_id),
        max_age=request.app[SESSIONS].seconds,
        path=_PATH,
        httponly=True,
        samesite="Lax",
        secure=request.app[SETTINGS].is_https,
    )


async def _page_with_error(
    request: web.Request, error: Exception, form: Mapping[str, str] | None = None
) -> web.Response:
    """The page again, with what went wrong in words and what was typed still in its box."""
    problem = problem_of(error, request.app[SCHEME].email)
    if problem is None:
        raise error
    try:
        conversation_id = await _known_conversation(request)
    except StoreUnavailable:
        conversation_id = None
    form = form or {}
    response = await _page(request, conversation_id, problem, form.get("text", ""), form.get("id", ""))
    response.headers.update(problem.headers)
    return response


async def _page(
    request: web.Request,
    conversation_id: str | None,
    problem: Problem | None = None,
    draft: str = "",
    form_id: str = "",
) -> web.Response:
    said = await request.app[CONVERSATIONS].history(conversation_id) if conversation_id else []
    if conversation_id:
        await request.app[CONVERSATIONS].seen(conversation_id, said)
    return render(
        request,
        "chat.html",
        status=problem.status if problem else 200,
        messages=[shown(message) for message in said],
        choices=[shown_choice(choice) for choice in _offered(said)],
        asked_about=_asked_about(said),
        expects=_expected(said),
        draft=draft,
        error=problem.detail if problem else None,
        form_id=form_id if re.fullmatch(ID_PATTERN, form_id) else secrets.token_urlsafe(12),
        csrf=request.app[FORM_GUARD].token(conversation_id),
    )


def _offered(said: list[Message]) -> list[Choice]:
    """The choices of the assistant's last turn; what it says about a leader belongs to none."""
    spoken = [message for message in said if message.sender == "assistant" and message.answers is not None]
    return [choice for message in spoken if message.answers == spoken[-1].answers for choice in message.choices]


def _asked_about(said: list[Message]) -> int | None:
    """The number of the answer that "Was that right?" is about: the last that states something, until more is asked."""
    turn = itertools.takewhile(lambda message: message.sender != "you", reversed(said))
    return next((message.n for message in turn if message.can_be_rated), None)


def _expected(said: list[Message]) -> Expects:
    """What the person is to write next, as the latest message that is not their own says."""
    return next((message.expects for message in reversed(said) if message.sender != "you"), "text")
