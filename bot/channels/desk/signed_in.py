"""Who is signed in, and the pages and forms that they see: what every page of the desk begins and ends with."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from aiohttp import web

from bot.channels.admission import count_address
from bot.channels.desk import navigation
from bot.channels.desk.cookie import session_id_of
from bot.channels.forms import check_origin, read_form
from bot.channels.keys import DATABASE, FORM_GUARD, SCHEME
from bot.channels.problems import Problem, problem_of
from bot.channels.site import render
from bot.hubs.year import said as said_year
from bot.notices.phrases import moment
from bot.staff import sessions
from bot.staff.member import Doing, Member, NotAllowed

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

STATIC = Path(__file__).parent / "static"
SESSION = web.RequestKey("desk_session", sessions.DeskSession)
_MEMBER = web.RequestKey("desk_member", Member)
_LONGEST_ADDRESS = 500


async def signed_in(request: web.Request) -> Member:
    """The member who is signed in, as they are now. Everybody else is sent to sign in, and comes back afterwards."""
    if _MEMBER in request:
        return request[_MEMBER]
    now, session_id = datetime.now(UTC), session_id_of(request)
    found = None
    if session_id is not None:
        async with request.app[DATABASE].reading() as session:
            found = await sessions.whose(session, session_id, now)
    if found is None:
        raise web.HTTPSeeOther(f"/desk/sign-in?next={quote(_where(request), safe='/')}")
    request[SESSION], request[_MEMBER] = found
    if request[SESSION].is_to_be_noted(now):
        async with request.app[DATABASE].writing() as session:
            await sessions.seen(session, request[SESSION].id, now)
            await session.commit()
    return request[_MEMBER]


async def doing(request: web.Request) -> Doing:
    """The member who is signed in, as who does something at the desk."""
    return Doing(await signed_in(request), "desk")


async def desk_form(request: web.Request) -> dict[str, str]:
    """The fields of a form of ours, posted by who is signed in. Raises Problem 400, 403, 415 or 429."""
    await count_address(request)
    await signed_in(request)
    form = await read_form(request)
    check_origin(request, form, _subject(request))
    return form


def desk_page(
    request: web.Request, member: Member, template: str, status: int = 200, **context: object
) -> web.Response:
    """A page of the desk from ``templates/<template>``, which extends ``desk/layout.html`` and has ``csrf`` for its forms."""
    shared = {
        "member": member,
        "csrf": request.app[FORM_GUARD].token(_subject(request)),
        "navigation": navigation.entries(request, member),
        "here": request.path,
        "said": _SAID.get(request.query.get("done", ""), ""),
        "styles": styles(),
        "moment": moment,
        "said_year": said_year,
    }
    return render(request, f"desk/{template}", status, **(shared | context))


def back_to(path: str, done: str = "") -> web.Response:
    """Leads on after a form, so that reloading repeats nothing; ``done`` is a key of what is said there (``_SAID``)."""
    address = f"{path}{'&' if '?' in path else '?'}done={done}" if done else path
    return web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})


def at_the_desk(handler: Handler) -> Handler:
    """Answers what goes wrong with a page of the desk; what is another's and what does not exist are the same page."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (NotAllowed, web.HTTPNotFound):
            return await _problem_page(request, Problem(404, "", "There is nothing of yours at this address."))
        except web.HTTPException:
            raise
        except Exception as error:
            problem = problem_of(error, request.app[SCHEME].email)
            if problem is None:
                raise
            return await _problem_page(request, problem)

    return answer


@at_the_desk
async def nothing_here(request: web.Request) -> web.StreamResponse:
    """Every other address of the desk."""
    await signed_in(request)
    raise web.HTTPNotFound


@cache
def styles() -> str:
    """The address of the desk's styles, which changes with them."""
    return f"/desk/static/desk.css?{hashlib.sha256((STATIC / 'desk.css').read_bytes()).hexdigest()[:12]}"


def safe_path(path: str) -> str:
    """``path`` if it is an address of the desk, else ``/desk``: a link must not lead elsewhere after signing in."""
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/desk"
    is_ours = path == "/desk" or path.startswith(("/desk/", "/desk?"))
    is_plain = len(path) <= _LONGEST_ADDRESS and path.isascii() and path.isprintable() and "\\" not in path
    return path if is_ours and is_plain and not parts.scheme and not parts.netloc else "/desk"


async def _problem_page(request: web.Request, problem: Problem) -> web.Response:
    member = request.get(_MEMBER)
    if member is None:
        response = render(request, "desk/problem_outside.html", problem.status, error=problem.detail, styles=styles())
    else:
        response = desk_page(request, member, "problem.html", problem.status, error=problem.detail)
    response.headers.update(problem.headers)
    return response


def _subject(request: web.Request) -> str:
    return f"desk {request[SESSION].id}"


def _where(request: web.Request) -> str:
    """Where to come back to: a form that was posted leads back to its page."""
    if request.method in ("GET", "HEAD"):
        return safe_path(request.path_qs)
    came_from = urlsplit(request.headers.get("Referer", ""))
    return safe_path(came_from.path) if came_from.netloc == request.headers.get("Host") else "/desk"


_SAID = {
    "confirmed": "The place is confirmed. The school has been told.",
    "withdrawn": "The school is withdrawn, and has been told.",
    "moved": "The school is moved. It has been told, and so have the hubs’ leaders.",
    "assigned": "The school is handed to the hub, and has been told.",
    "saved": "Saved.",
    "sent": "On its way.",
    "answered": "Your answer is on its way to the person.",
    "closed": "The question is closed.",
    "reassigned": "The question is handed on, and whoever has it now has been told.",
    "taken": "You answer in this conversation now. The assistant is silent.",
    "given_back": "The assistant answers in this conversation again.",
    "reviewed": "Thank you. The next one, please.",
    "training": "It is being trained.",
    "ended": "That browser is signed out.",
    "signed_in": "You are signed in.",
}
"""What a page says at its head after something was done."""
