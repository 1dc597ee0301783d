"""``/r/<token>``: a person's own registration, to see, correct or withdraw; no JavaScript, and nothing changes on GET.

The link in the address is all that lets somebody in, so a page shows only what the person of the link may know. What programs
that check links in mails open (this page, never those behind it) holds neither email address nor telephone number.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.admission import count_address
from bot.channels.forms import check_origin, read_form
from bot.channels.keys import DATABASE, FORM_GUARD, LINKS, NOTICES, SETTINGS
from bot.channels.new_link import page_of_dead_link
from bot.channels.problems import Problem
from bot.channels.registration_words import shown
from bot.channels.site import problem_page, render
from bot.registrations import changing, reading
from bot.registrations.contact_details import DetailsWrong, read_details
from bot.registrations.links import LinkExpired, LinkForged
from bot.registrations.registration import Contact, Registration

type _Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
type _Change = Callable[[web.Application, AsyncSession, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Guest:
    """Whoever came with a link: the person of the link, and their registration."""

    token: str
    registration: Registration
    person: Contact

    @property
    def subject(self) -> str:
        """What the forms of this guest are about."""
        return f"registration {self.registration.id} {self.person.person_id}"

    @property
    def answers_for_school(self) -> bool:
        """The first who registered: whoever came later cannot take a place away from them."""
        return self.registration.contacts[0].person_id == self.person.person_id


def _as_page(handler: _Handler) -> _Handler:
    """Answers what goes wrong with a page that says what to do."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (LinkForged, reading.RegistrationUnknown):
            return page_of_dead_link(request, 404)
        except LinkExpired:
            return page_of_dead_link(request, 410)
        except Exception as error:
            return problem_page(request, error, _path(request), "your registration")

    return answer


@_as_page
async def show(request: web.Request) -> web.StreamResponse:
    """``GET /r/<token>``: how things stand."""
    async with request.app[DATABASE].reading() as session:
        guest = await _guest(request, session)
    return _page(request, guest)


@_as_page
async def show_details(request: web.Request) -> web.StreamResponse:
    """``GET /r/<token>/details``: the person's details in a form."""
    async with request.app[DATABASE].reading() as session:
        guest = await _guest(request, session)
    person = guest.person
    return _details_page(request, guest, {"name": person.name, "role": person.role, "phone": person.phone}, {})


@_as_page
async def correct(request: web.Request) -> web.StreamResponse:
    """``POST /r/<token>/details``: keeps corrected details."""
    form = await _form(request)
    async with request.app[DATABASE].writing() as session:
        guest = await _guest(request, session)
        check_origin(request, form, guest.subject)
        try:
            details = read_details(form.get("name", ""), form.get("role", ""), form.get("phone", ""))
            await changing.correct_contact(
                session,
                guest.registration.id,
                guest.person.person_id,
                **asdict(details),
                now=datetime.now(UTC),
                notices=request.app[NOTICES],
            )
        except DetailsWrong as error:
            return _details_page(request, guest, form, error.wrong)
        except changing.NotPossible as error:
            return _page(request, guest, str(error), status=409)
        await session.commit()
    return _done(guest)


@_as_page
async def ask_before_withdrawing(request: web.Request) -> web.StreamResponse:
    """``GET /r/<token>/withdraw``: what withdrawing means, and a button."""
    async with request.app[DATABASE].reading() as session:
        guest = await _guest(request, session)
    if not guest.answers_for_school or guest.registration.state == "withdrawn":
        return _page(request, guest)
    words = shown(guest.registration, guest.person)
    return render(request, "registration_withdraw.html", shown=words, path=_path(request), csrf=_csrf(request, guest))


@_as_page
async def withdraw(request: web.Request) -> web.StreamResponse:
    """``POST /r/<token>/withdraw``: gives the place back."""
    return await _change(request, await _form(request), _withdraw)


@_as_page
async def answer_offer(request: web.Request) -> web.StreamResponse:
    """``POST /r/<token>/offer``: takes the offered place, or leaves it to the next school."""
    form = await _form(request)
    if (answer := _ANSWERS.get(form.get("answer", ""))) is None:
        raise Problem(400, "malformed", "Please use one of the two buttons on the page.")
    return await _change(request, form, answer)


async def _change(request: web.Request, form: dict[str, str], change: _Change) -> web.StreamResponse:
    """Makes one change to the school's registration, or shows the page with the reason why that is not possible."""
    async with request.app[DATABASE].writing() as session:
        guest = await _guest(request, session)
        check_origin(request, form, guest.subject)
        if not guest.answers_for_school:
            raise Problem(403, "", "Only the person who registered your school first can do this.")
        try:
            await change(request.app, session, guest.registration.id)
        except changing.NotPossible as error:
            return _page(request, guest, str(error), status=409)
        await session.commit()
    return _done(guest)


async def _withdraw(app: web.Application, session: AsyncSession, registration_id: str) -> None:
    why, now, days = "The school withdrew.", datetime.now(UTC), app[SETTINGS].offer_days
    await changing.withdraw(session, registration_id, "applicant", why, now, app[NOTICES], offer_days=days)


async def _accept(app: web.Application, session: AsyncSession, registration_id: str) -> None:
    why, now = "The school took the place that was offered.", datetime.now(UTC)
    await changing.accept_offer(session, registration_id, "applicant", why, now, app[NOTICES])


async def _decline(app: web.Application, session: AsyncSession, registration_id: str) -> None:
    why, now, days = "The school did not want the place that was offered.", datetime.now(UTC), app[SETTINGS].offer_days
    await changing.decline_offer(session, registration_id, "applicant", why, now, app[NOTICES], offer_days=days)


_ANSWERS = {"accept": _accept, "decline": _decline}


async def _form(request: web.Request) -> dict[str, str]:
    await count_address(request)
    return await read_form(request)


async def _guest(request: web.Request, session: AsyncSession) -> _Guest:
    """Who the link is for; raises LinkForged, LinkExpired, or RegistrationUnknown, also when the person was erased."""
    token = request.match_info["token"]
    registration_id, person_id = request.app[LINKS].read(token)
    registration = await reading.registration(session, registration_id)
    for contact in registration.contacts:
        if contact.person_id == person_id:
            return _Guest(token, registration, contact)
    raise reading.RegistrationUnknown


def _page(request: web.Request, guest: _Guest, error: str = "", status: int = 200) -> web.Response:
    return render(
        request,
        "registration.html",
        status,
        shown=shown(guest.registration, guest.person),
        path=_path(request),
        csrf=_csrf(request, guest),
        error=error,
        done="done" in request.query and not error,
    )


def _details_page(request: web.Request, guest: _Guest, details: dict[str, str], wrong: dict[str, str]) -> web.Response:
    return render(
        request,
        "registration_details.html",
        400 if wrong else 200,
        email=guest.person.email,
        details=details,
        wrong=wrong,
        path=_path(request),
        csrf=_csrf(request, guest),
    )


def _csrf(request: web.Request, guest: _Guest) -> str:
    return request.app[FORM_GUARD].token(guest.subject)


def _path(request: web.Request) -> str:
    return f"/r/{request.match_info['token']}"


def _done(guest: _Guest) -> web.Response:
    """Back to the page, so that reloading repeats nothing."""
    return web.Response(status=303, headers={"Location": f"/r/{guest.token}?done#done", "Cache-Control": "no-store"})
