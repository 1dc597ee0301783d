"""Hubs with their places; one hub, where its first session is set."""

from datetime import UTC, date, datetime, time

from aiohttp import web

from bot.channels.desk.signed_in import at_the_desk, back_to, desk_form, desk_page, doing, signed_in
from bot.channels.keys import DATABASE, NOTICES, SETTINGS
from bot.desk import hubs as desk
from bot.desk.hubs import HubProblem, HubShown, Session
from bot.hubs.year import school_year
from bot.london import LONDON
from bot.staff.member import Member

_MOST_PLACES = 1000


@at_the_desk
async def show_all(request: web.Request) -> web.StreamResponse:
    """``GET /desk/hubs``: of this school year and those to come; with ``?year=``, of one."""
    member = await signed_in(request)
    async with request.app[DATABASE].reading() as session:
        found = await desk.hubs(session, member)
    years = sorted({one.place.year for one in found}, reverse=True)
    year = request.query.get("year", "")
    shown = [one for one in found if str(one.place.year) == year] if year in map(str, years) else found
    return desk_page(request, member, "hubs.html", hubs=shown, years=years, year=year, this_year=_this_year())


@at_the_desk
async def show(request: web.Request) -> web.StreamResponse:
    """``GET /desk/hubs/<cohort>``: one hub's places of one year, and its first session in a form."""
    member = await signed_in(request)
    async with request.app[DATABASE].reading() as session:
        found = await desk.hub(session, member, request.match_info["id"])
    return _page(request, member, found)


@at_the_desk
async def set_session(request: web.Request) -> web.StreamResponse:
    """``POST /desk/hubs/<cohort>/session``: fixes the first session, or takes it back when nothing is written."""
    form, did = await desk_form(request), await doing(request)
    cohort_id = request.match_info["id"]
    fixed, wrong = _read_session(form)
    async with request.app[DATABASE].writing() as session:
        found = await desk.hub(session, did.member, cohort_id)
        if fixed is None:
            return _page(request, did.member, found, form, wrong)
        try:
            await desk.set_first_session(session, did, cohort_id, fixed, datetime.now(UTC))
        except HubProblem as error:
            return _page(request, did.member, found, form, {"session_venue": f"{error}."})
        await session.commit()
    return back_to(f"/desk/hubs/{cohort_id}", "saved")


@at_the_desk
async def set_places(request: web.Request) -> web.StreamResponse:
    """``POST /desk/hubs/<cohort>/places``: how many places there are and whether the hub takes schools; the office's alone."""
    form, did, now = await desk_form(request), await doing(request), datetime.now(UTC)
    cohort_id, notices, days = request.match_info["id"], request.app[NOTICES], request.app[SETTINGS].offer_days
    async with request.app[DATABASE].writing() as session:
        found = await desk.hub(session, did.member, cohort_id)
        written = form.get("capacity", "").strip()
        if not (written.isascii() and written.isdigit() and 1 <= int(written[:6]) <= _MOST_PLACES):
            wrong = {"capacity": f"Please write a number from 1 to {_MOST_PLACES}."}
            return _page(request, did.member, found, form, wrong)
        is_open = form.get("is_open") == "yes"
        try:
            await desk.set_capacity(session, did, cohort_id, int(written), now, notices, offer_days=days)
            await desk.set_open(session, did, cohort_id, is_open, now, notices, offer_days=days)
        except HubProblem as error:
            return _page(request, did.member, found, form, {"capacity": f"{error}."})
        await session.commit()
    return back_to(f"/desk/hubs/{cohort_id}", "saved")


def _read_session(form: dict[str, str]) -> tuple[Session | None, dict[str, str]]:
    """The session of a form; None and what is wrong, by field."""
    wrong = {}
    on, at = None, None
    written_on, written_at = form.get("session_on", "").strip(), form.get("session_at", "").strip()
    venue = " ".join(form.get("session_venue", "").split())
    try:
        on = date.fromisoformat(written_on) if written_on else None
    except ValueError:
        wrong["session_on"] = "Please write the date as year, month and day, such as 2027-01-14."
    try:
        at = time.fromisoformat(written_at) if written_at else None
    except ValueError:
        wrong["session_at"] = "Please write the time as hours and minutes, such as 13:30."
    if at is not None and not written_on:
        wrong["session_on"] = "Please give the date too, or leave the time empty."
    if len(venue) > 200:
        wrong["session_venue"] = "Please name the venue in at most 200 characters."
    return (None if wrong else Session(on, at.replace(tzinfo=None) if at else None, venue)), wrong


def _page(
    request: web.Request,
    member: Member,
    shown: HubShown,
    form: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
) -> web.Response:
    place = shown.place
    written = {
        "session_on": place.session_on.isoformat() if place.session_on else "",
        "session_at": f"{place.session_at:%H:%M}" if place.session_at else "",
        "session_venue": place.session_venue,
        "capacity": str(place.capacity),
        "is_open": "yes" if shown.is_open else "",
    }
    status = 400 if wrong else 200
    return desk_page(request, member, "hub.html", status, hub=shown, form=written | (form or {}), wrong=wrong or {})


def _this_year() -> int:
    return school_year(datetime.now(LONDON).date())
