"""Signing in to the desk with a link by mail, and signing out.

The answer is the same whether or not an address is known. Opening a link only shows a button, so that programs that check the
links in mails use none up.
"""

from datetime import UTC, datetime

from aiohttp import web

from bot.channels.admission import count_address
from bot.channels.desk import cookie
from bot.channels.desk.signed_in import (
    SESSION,
    at_the_desk,
    back_to,
    desk_form,
    desk_page,
    doing,
    safe_path,
    signed_in,
    styles,
)
from bot.channels.forms import check_origin, read_form
from bot.channels.keys import DATABASE, FORM_GUARD, SCHEME, SETTINGS
from bot.channels.problems import problem_of
from bot.channels.site import render
from bot.notices.sign_in_mail import send_sign_in
from bot.outbox.mail import is_address
from bot.staff import audit, sessions
from bot.staff.finding import member_named
from bot.staff.member import Doing
from bot.staff.office import member_signing_in
from bot.staff.sign_in import MINUTES, SignInRefused, look, redeem

_SUBJECT = "desk sign-in"
_LONGEST = 254  # characters of an email address, RFC 5321


async def show(request: web.Request) -> web.StreamResponse:
    """``GET /desk/sign-in``: asks for the email address, and says so when a link was asked for."""
    return _page(request, asked="asked" in request.query)


async def send(request: web.Request) -> web.StreamResponse:
    """``POST /desk/sign-in``: mails a link to whoever is known by that address."""
    form: dict[str, str] = {}
    try:
        await count_address(request)
        form = await read_form(request)
        check_origin(request, form, _SUBJECT)
        email = form.get("email", "").strip()
        if not is_address(email):
            return _page(
                request, 400, email=email[:_LONGEST], wrong="Please write your email address, such as ann@hub.example."
            )
        await _send(request, email, safe_path(form.get("next", "")))
    except Exception as error:
        problem = problem_of(error, request.app[SCHEME].email)
        if problem is None:
            raise
        response = _page(request, problem.status, email=form.get("email", "")[:_LONGEST], wrong=problem.detail)
        response.headers.update(problem.headers)
        return response
    return back_to("/desk/sign-in?asked")


async def show_link(request: web.Request) -> web.StreamResponse:
    """``GET /desk/sign-in/<token>``: a button; the link is not used up by looking at it."""
    try:
        async with request.app[DATABASE].reading() as session:
            link = await look(session, request.match_info["token"], datetime.now(UTC))
            if link.account_id is not None:
                raise SignInRefused(
                    "This link joins an account of Slack or Teams to you: open it as it stands in the mail."
                )
            member = await member_named(session, link.member)
            if member is None:
                raise SignInRefused("This link does not work: nobody is known by its address any more.")
    except SignInRefused as error:
        return _page(request, 410, dead=str(error))
    token = _csrf(request)
    response = render(
        request,
        "desk/sign_in_link.html",
        name=member.name,
        csrf=token,
        styles=styles(),
        back=_next(request),
        path=request.path,
    )
    return response


async def use_link(request: web.Request) -> web.StreamResponse:
    """``POST /desk/sign-in/<token>``: uses the link up, and signs this browser in."""
    now = datetime.now(UTC)
    try:
        await count_address(request)
        form = await read_form(request)
        check_origin(request, form, _SUBJECT)
        async with request.app[DATABASE].writing() as session:
            link = await redeem(session, request.match_info["token"], now)
            member = await member_named(session, link.member)
            if member is None or link.account_id is not None:
                raise SignInRefused("This link does not sign anybody in.")
            session_id = await sessions.begin(session, member.ref, now, request.app[SETTINGS].desk_days)
            await audit.write(session, Doing(member, "desk"), "signed in", ("session", session_id), now)
            await session.commit()
    except SignInRefused as error:
        return _page(request, 410, dead=str(error))
    except Exception as error:
        problem = problem_of(error, request.app[SCHEME].email)
        if problem is None:
            raise
        response = _page(request, problem.status, dead=problem.detail)
        response.headers.update(problem.headers)
        return response
    response = back_to(safe_path(form.get("next", "")), "signed_in")
    cookie.remember(request, response, session_id)
    return response


@at_the_desk
async def show_sessions(request: web.Request) -> web.StreamResponse:
    """``GET /desk/sessions``: the browsers in which the member is signed in."""
    member = await signed_in(request)
    async with request.app[DATABASE].reading() as session:
        found = await sessions.listed(session, member, datetime.now(UTC))
    return desk_page(request, member, "sessions.html", sessions=found, this=request[SESSION].id)


@at_the_desk
async def sign_out(request: web.Request) -> web.StreamResponse:
    """``POST /desk/sign-out``: ends this session, with ``which`` another of the member's or, as ``all``, every one."""
    form = await desk_form(request)
    did, now = await doing(request), datetime.now(UTC)
    which, this = form.get("which", ""), request[SESSION].id
    async with request.app[DATABASE].writing() as session:
        if which == "all":
            await sessions.end_all(session, did.member, now)
            await audit.write(session, did, "signed out everywhere", ("session", this), now)
        else:
            await sessions.end(session, did.member, which or this, now)
        await session.commit()
    if which not in ("", "all", this):
        return back_to("/desk/sessions", "ended")
    response = back_to("/desk/sign-in?out")
    cookie.forget(request, response)
    return response


async def _send(request: web.Request, email: str, back: str) -> None:
    settings = request.app[SETTINGS]
    office = settings.office_email or request.app[SCHEME].email
    async with request.app[DATABASE].writing() as session:
        member = await member_signing_in(session, email, office)
        await send_sign_in(session, member, office, datetime.now(UTC), back if back != "/desk" else "")
        await session.commit()


def _page(
    request: web.Request, status: int = 200, *, asked: bool = False, email: str = "", wrong: str = "", dead: str = ""
) -> web.Response:
    return render(
        request,
        "desk/sign_in.html",
        status,
        asked=asked,
        is_out="out" in request.query,
        email=email,
        wrong=wrong,
        dead=dead,
        minutes=MINUTES,
        csrf=_csrf(request),
        back=_next(request),
        styles=styles(),
    )


def _csrf(request: web.Request) -> str:
    return request.app[FORM_GUARD].token(_SUBJECT)


def _next(request: web.Request) -> str:
    return safe_path(request.query.get("next", ""))
