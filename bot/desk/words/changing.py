"""What members of staff change in words: what is meant, whether it is really meant, and then done by the desk's own rules."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk import hubs, letters, registrations
from bot.desk.figures import letters as letter_figures
from bot.desk.hubs import HubShown, Session
from bot.desk.letter_terms import LetterTerms
from bot.desk.naming import MOST, Named, best, registrations_named
from bot.desk.words.moments import session_said
from bot.desk.words.request import DeskRequest, Turn
from bot.desk.words.school_words import school_in
from bot.hubs import school_year
from bot.london import LONDON
from bot.notices import phrases
from bot.registration_form.details import find_emails
from bot.registration_form.draft import Say
from bot.registrations.notices import Notices
from bot.schools import search
from bot.staff.audit import Entry
from bot.staff.member import Doing

_LEAVE = ("No, leave it", "desk:leave")
_CLEARLY = 85.0  # of 100: how well a school of the register has to fit for the letter to name it


class Refused(ValueError):
    """It cannot be done; the text is a sentence for who wanted it."""


@dataclass(frozen=True, slots=True)
class Deeds:
    """What changes things: whom to tell, for how many days a freed place is offered, how letters leave."""

    notices: Notices
    offer_days: int
    letters: LetterTerms

    async def do(self, session: AsyncSession, doing: Doing, request: DeskRequest, now: datetime) -> Turn:
        """Does what was agreed to; whoever comes second hears who did it before. Raises what the desk's rules raise."""
        match request.action:
            case "confirm":
                confirmed = await registrations.confirm(session, doing, request.id, now, self.notices)
                return _done("confirm", confirmed.result.school_name, confirmed.by, confirmed.is_new)
            case "withdraw":
                done = await registrations.withdraw(
                    session, doing, request.id, "", now, self.notices, offer_days=self.offer_days
                )
                return _done("withdraw", done.result.school_name, done.by, done.is_new)
            case "send_letter":
                sent = await letters.send(
                    session, doing, request.hub, email=request.email, now=now, terms=self.letters,
                    urn=request.urn, school="" if request.urn else request.school,
                )  # fmt: skip
                values = {"your_hub": sent.result.hub_name, "your_email": sent.result.email}
                return Turn((Say("desk/send_letter_done", values),))
        fixed = Session(date.fromisoformat(request.on), time.fromisoformat(request.at), request.venue)
        shown = (await hubs.set_first_session(session, doing, request.hub, fixed, now)).result
        return Turn((Say("desk/first_session_done", _of_hub(shown)),))


async def name_school(session: AsyncSession, doing: Doing, request: DeskRequest, text: str, now: datetime) -> Turn:
    """Which registration ``text`` means: one is asked back about, of several one is chosen."""
    year = school_year(now.astimezone(LONDON).date())
    named = await registrations_named(session, doing.member, text, year) if text else []
    if len(named) == 1:
        return _check(request.with_(id=named[0].id, school=named[0].school))
    waits = request.with_(asked="which")
    if named:
        choices = tuple((_label(one), f"desk:id:{one.id}") for one in named)
        return Turn((Say("desk/which", choices=(*choices, _LEAVE)),), waits)
    is_named = bool(school_in(text))
    return Turn((Say("desk/none_fits" if is_named else f"desk/{request.action}"),), waits)


async def address_letter(session: AsyncSession, doing: Doing, request: DeskRequest, text: str) -> Turn:
    """To which school, address and from which hub the letter goes."""
    emails, name = find_emails(text), school_in(text)
    request = request.with_(email=emails[0].lower() if emails else request.email)
    if name and not request.school:
        found = await search.find(session, name, 2)
        clear = found and found[0].score >= _CLEARLY and (len(found) < 2 or found[0].score > found[1].score)
        school = found[0].school if clear else None
        request = request.with_(school=school.name if school else name, urn=school.urn if school else None)
    theirs = await letter_figures.hubs(session, doing.member)
    if not theirs:
        raise Refused("there is no hub of yours that it could come from")
    if not request.hub:
        meant = best(text, ((hub_id, hub_name, "") for hub_id, hub_name in theirs)) if len(theirs) > 1 else []
        request = request.with_(hub=theirs[0][0] if len(theirs) == 1 else meant[0] if len(meant) == 1 else "")
    if not request.email:
        if not request.school:
            return Turn((Say("desk/send_letter"),), request.with_(asked="address"))
        asks = Say("desk/send_letter_address", {"your_school": request.school}, expects="email")
        return Turn((asks,), request.with_(asked="address"))
    if not request.hub:
        choices = tuple((hub_name, f"desk:hub:{hub_id}") for hub_id, hub_name in theirs[:MOST])
        asks = Say("desk/send_letter_hub", {"your_email": request.email}, (*choices, _LEAVE))
        return Turn((asks,), request.with_(asked="hub"))
    hub_name = next((name for hub_id, name in theirs if hub_id == request.hub), "")
    return _check(request.with_(venue=hub_name))


async def fix_session(session: AsyncSession, doing: Doing, request: DeskRequest, text: str, now: datetime) -> Turn:
    """The first session of one of their hubs: told where nothing new is said, else asked back about."""
    found = await hubs.hubs(session, doing.member, school_year(now.astimezone(LONDON).date()))
    if not found:
        return Turn((Say("desk/places_none"),))
    said = session_said(text, now)
    request = request.with_(
        on=said.on.isoformat() if said.on else request.on,
        at=said.at.strftime("%H:%M") if said.at else request.at,
        venue=said.venue or request.venue,
    )
    named = best(text, ((one, one.place.hub_name, "") for one in found)) if len(found) > 1 else found
    shown = next((one for one in found if one.place.cohort_id == request.hub), None)
    shown = shown or (named[0] if len(named) == 1 else None)
    if shown is None:
        choices = tuple((one.place.hub_name, f"desk:hub:{one.place.cohort_id}") for one in found[:MOST])
        return Turn((Say("desk/first_session_hub", choices=(*choices, _LEAVE)),), request.with_(asked="hub"))
    request = request.with_(hub=shown.place.cohort_id, school=shown.place.hub_name)
    missing = _missing(request)
    if len(missing) == len(_missing(DeskRequest("first_session"))):
        return Turn((Say("desk/first_session", _of_hub(shown)),))
    if missing:
        asks = Say("desk/first_session_missing", {"your_missing": phrases_of(missing)})
        return Turn((asks,), request.with_(asked="missing"))
    return _check(request)


async def choose(session: AsyncSession, doing: Doing, request: DeskRequest, chosen: str, now: datetime) -> Turn:
    """A pressed button; one that is out of date asks the present question again."""
    kind, _, id_ = chosen.partition(":")
    if kind == "id" and request.asked == "which" and request.action in ("confirm", "withdraw"):
        one = await registrations.registration(session, doing.member, id_)
        return _check(request.with_(id=one.id, school=one.school_name))
    if kind == "hub" and request.asked == "hub":
        return await _with_hub(session, doing, request.with_(hub=id_), now)
    return await tell_more(session, doing, request, "", now)


async def tell_more(session: AsyncSession, doing: Doing, request: DeskRequest, text: str, now: datetime) -> Turn:
    """More of what waits, in words."""
    if request.asked == "check":
        return Turn(asked_again(request), request)
    match request.action:
        case "send_letter":
            return await address_letter(session, doing, request, text)
        case "first_session":
            if request.asked == "missing" and not _missing(request)[1:] and "the place" in _missing(request):
                request = request.with_(venue=text.strip(" .")) if not session_said(text, now).venue else request
            return await fix_session(session, doing, request, text, now)
    return await name_school(session, doing, request, text, now)


def asked_again(request: DeskRequest) -> tuple[Say, ...]:
    """Whether to do it, once more."""
    return _check(request).say


async def _with_hub(session: AsyncSession, doing: Doing, request: DeskRequest, now: datetime) -> Turn:
    if request.action == "first_session":
        return await fix_session(session, doing, request, "", now)
    return await address_letter(session, doing, request, "")


def _check(request: DeskRequest) -> Turn:
    request = request.with_(asked="check")
    school = request.school
    match request.action:
        case "confirm" | "withdraw":
            values = {"your_school": school}
            label = f"Yes, {request.action} {school}"
        case "send_letter":
            values = {"your_hub": request.venue, "your_school": school or "the school", "your_email": request.email}
            label = "Yes, send it"
        case "first_session":
            values = {"your_hub": school, "your_session": _session(request)}
            label = "Yes, set it"
    return Turn((Say(f"desk/{request.action}_check", values, ((label, "desk:yes"), _LEAVE)),), request)


def _missing(request: DeskRequest) -> list[str]:
    parts = (("the day", request.on), ("the time", request.at), ("the place", request.venue))
    return [name for name, value in parts if not value]


def phrases_of(parts: list[str]) -> str:
    """``the day and the time``."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]


def _session(request: DeskRequest) -> str:
    on, at = date.fromisoformat(request.on), time.fromisoformat(request.at)
    return f"{phrases.day(on)} at {phrases.clock(at)}, {request.venue}"


def _of_hub(shown: HubShown) -> dict[str, str]:
    return {"your_hub": shown.place.hub_name, "your_session": phrases.first_session(shown.place)}


def _done(action: str, school: str, by: Entry | None, is_new: bool) -> Turn:
    if is_new:
        return Turn((Say(f"desk/{action}_done", {"your_school": school}),))
    who = f"{by.name or 'the service'}, {phrases.moment(by.at)}" if by else "before"
    return Turn((Say(f"desk/{action}_before", {"your_school": school, "your_by": who}),))


def _label(one: Named) -> str:
    return ", ".join(part for part in (one.school, one.town) if part)
