"""One registration: what is known of it, what was done to it, and what a leader can do."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.desk.signed_in import at_the_desk, back_to, desk_form, desk_page, doing, signed_in
from bot.channels.keys import DATABASE, NOTICES, SETTINGS
from bot.channels.problems import Problem
from bot.desk import hubs as desk_hubs
from bot.desk import registrations as desk
from bot.desk.done import Done
from bot.desk.related import of_registration
from bot.notices.phrases import first_session, moment, school
from bot.registrations.problems import NotPossible
from bot.registrations.registration import Registration
from bot.staff import audit
from bot.staff.member import Doing, Member, NotAllowed

type _Act = Callable[[web.Application, AsyncSession, Doing, str, dict[str, str]], Awaitable[Done[Registration]]]

DOORS = {
    "desk": "at the desk",
    "slack": "in Slack",
    "teams": "in Teams",
    "email": "by email",
    "command": "on the command line",
    "service": "by itself",
}
_BY = {"applicant": "The school", "leader": "The hub’s leader", "office": "The office", "system": "The assistant"}
_LONGEST_WHY = 500


@at_the_desk
async def show(request: web.Request) -> web.StreamResponse:
    """``GET /desk/registrations/<id>``."""
    member = await signed_in(request)
    async with request.app[DATABASE].reading() as session:
        return await _page(request, session, member)


@at_the_desk
async def confirm(request: web.Request) -> web.StreamResponse:
    """``POST /desk/registrations/<id>/confirm``."""
    return await _act(request, "confirmed", _confirm)


@at_the_desk
async def ask_before_withdrawing(request: web.Request) -> web.StreamResponse:
    """``GET /desk/registrations/<id>/withdraw``: what it means, and a button."""
    member = await signed_in(request)
    async with request.app[DATABASE].reading() as session:
        found = await desk.registration(session, member, request.match_info["id"])
    if found.state == "withdrawn":
        return back_to(f"/desk/registrations/{found.id}")
    return desk_page(request, member, "registration_withdraw.html", registration=found, school=school(found))


@at_the_desk
async def withdraw(request: web.Request) -> web.StreamResponse:
    """``POST /desk/registrations/<id>/withdraw``."""
    return await _act(request, "withdrawn", _withdraw)


@at_the_desk
async def move(request: web.Request) -> web.StreamResponse:
    """``POST /desk/registrations/<id>/move``: to the hub of the cohort that was chosen."""
    return await _act(request, "moved", _move)


async def _act(request: web.Request, said: str, act: _Act) -> web.StreamResponse:
    """Does one thing; where it is not possible, or somebody did it before, the page says so."""
    form, did, id_ = await desk_form(request), await doing(request), request.match_info["id"]
    async with request.app[DATABASE].writing() as session:
        try:
            done = await act(request.app, session, did, id_, form)
        except NotPossible as error:
            return await _page(request, session, did.member, error=str(error), status=409)
        is_theirs = await _is_theirs(session, did.member, id_)
        if not done.is_new and not is_theirs:
            raise Problem(409, "", _by(done.by, said))
        if not done.is_new:
            return await _page(request, session, did.member, before=_by(done.by, said))
        await session.commit()
    return back_to(f"/desk/registrations/{id_}" if is_theirs else "/desk/registrations", said)


async def _is_theirs(session: AsyncSession, member: Member, id_: str) -> bool:
    try:
        await desk.hub_of(session, member, id_)
    except NotAllowed:
        return False
    return True


async def _confirm(
    app: web.Application, session: AsyncSession, did: Doing, id_: str, _form: dict[str, str]
) -> Done[Registration]:
    return await desk.confirm(session, did, id_, datetime.now(UTC), app[NOTICES])


async def _withdraw(
    app: web.Application, session: AsyncSession, did: Doing, id_: str, form: dict[str, str]
) -> Done[Registration]:
    why, days = " ".join(form.get("why", "").split())[:_LONGEST_WHY], app[SETTINGS].offer_days
    return await desk.withdraw(session, did, id_, why, datetime.now(UTC), app[NOTICES], offer_days=days)


async def _move(
    app: web.Application, session: AsyncSession, did: Doing, id_: str, form: dict[str, str]
) -> Done[Registration]:
    if not (chosen := form.get("cohort", "")):
        raise NotPossible("Choose a hub first.")
    days = app[SETTINGS].offer_days
    return await desk.move(session, did, id_, chosen, datetime.now(UTC), app[NOTICES], offer_days=days)


def _by(entry: audit.Entry | None, said: str) -> str:
    """Who was faster."""
    if entry is None:
        return f"It was {said} already, so nothing has changed."
    return f"{entry.name or 'The assistant'} did this before you, {DOORS[entry.door]}, {moment(entry.at)}. Nothing has changed."


async def _page(
    request: web.Request, session: AsyncSession, member: Member, *, error: str = "", before: str = "", status: int = 200
) -> web.Response:
    found = await desk.registration(session, member, request.match_info["id"])
    entries = await audit.of_subject(session, ("registration", found.id))
    related = await of_registration(session, member, found)
    targets = []
    if found.state != "withdrawn":
        targets = await desk_hubs.targets(session, found.place.cohort_id if found.place else None, found.year)
    return desk_page(
        request,
        member,
        "registration.html",
        status,
        registration=found,
        school=school(found),
        session=first_session(found.place) if found.place else "",
        targets=targets,
        related=related,
        entries=entries,
        doors=DOORS,
        by=_BY,
        error=error,
        before=before,
    )
