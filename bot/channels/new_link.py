"""``/r``: for those whose link does not work. A fresh one goes by mail to the address that is kept, and nowhere else."""

from datetime import UTC, datetime

from aiohttp import web

from bot.channels.admission import count_address
from bot.channels.forms import check_origin, read_form
from bot.channels.keys import DATABASE, FORM_GUARD, FRESH_LINKS, SCHEME
from bot.channels.problems import problem_of
from bot.channels.site import render

_SUBJECT = "new link"
_LONGEST = 254  # characters of an email address, RFC 5321


async def show(request: web.Request) -> web.Response:
    """``GET /r``: asks for the email address, and says so when a link was asked for."""
    return _page(request, asked="asked" in request.query)


async def send(request: web.Request) -> web.Response:
    """``POST /r``: sends the person their links; the answer is the same whether or not somebody is known by that address."""
    try:
        await count_address(request)
        form = await read_form(request)
        check_origin(request, form, _SUBJECT)
        email = form.get("email", "").strip()
        if not _is_like_an_address(email):
            wrong = "Please write an email address, for example ann@school.example."
            return _page(request, 400, email=email[:_LONGEST], wrong=wrong)
        async with request.app[DATABASE].writing() as session:
            await request.app[FRESH_LINKS].send(session, email, datetime.now(UTC))
            await session.commit()
    except Exception as error:
        problem = problem_of(error, request.app[SCHEME].email)
        if problem is None:
            raise
        response = _page(request, problem.status, wrong=problem.detail)
        response.headers.update(problem.headers)
        return response
    return web.Response(status=303, headers={"Location": "/r?asked", "Cache-Control": "no-store"})


def page_of_dead_link(request: web.Request, status: int) -> web.Response:
    """What a link leads to that is forged or altered, or whose registration is gone (404), or that is too old (410)."""
    return _page(request, status, dead={404: "unknown", 410: "expired"}[status])


def _page(
    request: web.Request, status: int = 200, *, dead: str = "", asked: bool = False, email: str = "", wrong: str = ""
) -> web.Response:
    csrf = request.app[FORM_GUARD].token(_SUBJECT)
    return render(request, "new_link.html", status, dead=dead, asked=asked, email=email, wrong=wrong, csrf=csrf)


def _is_like_an_address(email: str) -> bool:
    name, at, domain = email.rpartition("@")
    return bool(name and at and domain) and len(email) <= _LONGEST and not any(map(str.isspace, email))
