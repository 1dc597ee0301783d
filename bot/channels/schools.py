"""Finding a school: ``/api/schools`` for the widget's list while somebody types, ``/schools`` as a page without JavaScript."""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.admission import count_address
from bot.channels.keys import DATABASE, SCHEME
from bot.channels.problems import Problem, problem_of
from bot.channels.site import render
from bot.schools.question import LONGEST
from bot.schools.school import LICENCE, OWNER, School
from bot.schools.search import Found, find, successor_of

SHORTEST = 2
"""Characters of a question; with fewer, every school would be meant."""

_ON_THE_PAGE = 20


async def look_up(request: web.Request) -> web.Response:
    """``GET /api/schools?q=…``: the schools that somebody may mean, the likeliest first."""
    await count_address(request)
    query = _query(request)
    async with request.app[DATABASE].reading() as session:
        found = await find(session, query)
    return web.json_response({"schools": [_shown(one.school) for one in found]})


async def page(request: web.Request) -> web.Response:
    """``GET /schools?q=…``: the same as a page, which leads from a closed school to the one that took its place."""
    typed = request.query.get("q", "")
    problem: Problem | None = None
    rows: list[tuple[School, School | None]] = []
    try:
        if typed.strip():
            await count_address(request)
            query = _checked(typed)
            async with request.app[DATABASE].reading() as session:
                rows = await _with_successors(session, await find(session, query, _ON_THE_PAGE))
    except Exception as error:
        problem = problem_of(error, request.app[SCHEME].email)
        if problem is None:
            raise
    response = render(
        request,
        "schools.html",
        status=problem.status if problem else 200,
        typed=typed[:LONGEST],
        longest=LONGEST,
        rows=rows,
        error=problem.detail if problem else None,
        licence=LICENCE,
        owner=OWNER,
    )
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers.update(problem.headers if problem else {})
    return response


async def _with_successors(session: AsyncSession, found: list[Found]) -> list[tuple[School, School | None]]:
    return [
        (one.school, await successor_of(session, one.school) if one.school.status == "closed" else None)
        for one in found
    ]


def _query(request: web.Request) -> str:
    """The ``q`` of the query, the only thing that a query may hold; raises Problem 400."""
    if set(request.query) != {"q"} or len(request.query) > 1:
        raise Problem(400, "malformed", "The address should end in ?q= and what to look for, and hold nothing else.")
    return _checked(request.query["q"])


def _checked(typed: str) -> str:
    if not SHORTEST <= len(typed) <= LONGEST:
        raise Problem(400, "malformed", f"Please look for something of {SHORTEST} to {LONGEST} characters.")
    return typed


def _shown(school: School) -> dict[str, object]:
    return {
        "urn": school.urn,
        "name": school.name,
        "town": school.town,
        "postcode": school.postcode,
        "la": school.la,
        "status": school.status,
        "teaches_primary": school.teaches_primary,
    }
