"""``/desk/letters``: what came of the letter, and sending it to one school."""

from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web

from bot.channels.desk import charts
from bot.channels.desk.signed_in import at_the_desk, back_to, desk_form, desk_page, doing, signed_in
from bot.channels.keys import DATABASE, LETTER_TERMS
from bot.desk import letters
from bot.desk.figures.letters import Funnel, funnel, hubs
from bot.desk.letters import LetterRefused
from bot.hubs.year import said
from bot.letters.mailing.status import Came, Standing
from bot.notices import phrases

_STEPS = (
    ("planned", "Planned"),
    ("sent", "Sent"),
    ("visited", "Opened online"),
    ("replied", "Replied"),
    ("registered", "Registered"),
    ("bounced", "Came back"),
    ("unsubscribed", "Want no more"),
)
"""The funnel's columns: what a letter came to; one may have come to several."""


@at_the_desk
async def show(request: web.Request) -> web.StreamResponse:
    """``GET /desk/letters?year=2026``."""
    return await _page(request, {})


@at_the_desk
async def chart(request: web.Request) -> web.StreamResponse:
    """``GET /desk/letters/funnel.svg?year=2026``."""
    member = await signed_in(request)
    async with request.app[DATABASE].reading() as session:
        came = (await funnel(session, member, _year(request))).came
    names = ["Letters", *(name for _, name in _STEPS[1:])]
    counts = [came.letters, *(getattr(came, key) for key, _ in _STEPS[1:])]
    return charts.image(charts.bars("What came of the letters", names, counts, charts.size_of(request)))


@at_the_desk
async def send(request: web.Request) -> web.StreamResponse:
    """``POST /desk/letters``: what was typed is kept on the page where no letter goes."""
    form = await desk_form(request)
    urn = form.get("urn", "").strip()
    if urn and not (urn.isascii() and urn.isdecimal() and 5 <= len(urn) <= 7):
        return await _page(request, form, 422, wrong="A URN has six digits: please correct it, or leave it out.")
    try:
        async with request.app[DATABASE].writing() as session:
            done = await letters.send(
                session,
                await doing(request),
                form.get("hub", ""),
                email=form.get("email", ""),
                name=form.get("name", ""),
                urn=int(urn) if urn else None,
                school=form.get("school", ""),
                now=datetime.now(UTC),
                terms=request.app[LETTER_TERMS],
            )
            await session.commit()
    except LetterRefused as refused:
        return await _page(request, form, 422, wrong=str(refused))
    if done.by is not None:
        first = f"{done.by.name} sent this year’s letter to {done.result.email} on {phrases.moment(done.by.at)}: it goes once."
        return await _page(request, {}, 409, first=first)
    return back_to("/desk/letters", "sent")


async def _page(
    request: web.Request, typed: Mapping[str, str], status: int = 200, wrong: str = "", first: str = ""
) -> web.Response:
    member, year = await signed_in(request), _year(request)
    async with request.app[DATABASE].reading() as session:
        found = await funnel(session, member, year)
        writing = await hubs(session, member)
    terms, now = request.app[LETTER_TERMS], datetime.now(UTC)
    return desk_page(
        request,
        member,
        "letters.html",
        status,
        steps=[name for _, name in _STEPS],
        mailings=[_row(each) for each in found.mailings],
        in_all=_counts(found.came),
        letters=found.came.letters,
        years=_years(found),
        year=year,
        hubs=writing,
        typed=typed,
        wrong=wrong,
        first=first,
        leaves="" if terms.hours.are_on(now) else phrases.moment(terms.hours.next(now)),
    )


def _year(request: web.Request) -> int | None:
    asked = request.query.get("year", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else None


def _years(found: Funnel) -> list[tuple[int, str]]:
    return [(year, said(year)) for year in found.years]


def _row(standing: Standing) -> Mapping[str, object]:
    named = {"asked": "Asked for by the reader", "one at a time": "Sent one at a time"}
    begun = f"Mailing of {phrases.day(standing.created_at.date())}" if standing.created_at else ""
    return {
        "name": named.get(standing.state, begun),
        "hub": standing.hub or "No hub",
        "year": said(standing.year),
        "state": standing.state if standing.mailing_id else "",
        "why": standing.why,
        "letters": standing.came.letters,
        "counts": _counts(standing.came),
    }


def _counts(came: Came) -> list[int]:
    return [getattr(came, key) for key, _ in _STEPS]
