"""What members of staff are told: their registrations, places, questions and letters, a line each."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk import hubs, questions, registrations
from bot.desk.figures import letters
from bot.desk.naming import registrations_named
from bot.desk.words.moments import period
from bot.hubs import school_year
from bot.london import LONDON
from bot.notices import phrases
from bot.registration_form.draft import Say
from bot.registrations.registration import Registration, State
from bot.registrations.searching import Wanted
from bot.staff.member import Member

_SHOWN = 10  # lines: the desk's pages show all
_LONGEST = 120  # characters of a question in a list
_STATES: dict[str, str] = {
    "interested": "to be confirmed",
    "confirmed": "confirmed",
    "waiting": "waiting for a place",
    "withdrawn": "withdrawn",
}


async def registered(session: AsyncSession, member: Member, text: str, now: datetime) -> Say:
    """Who has registered: since when, in which state or which school, as far as ``text`` says so."""
    year, since = school_year(now.astimezone(LONDON).date()), period(text, now)
    if named := await registrations_named(session, member, text, year):
        found = [await registrations.registration(session, member, one.id) for one in named]
        return _listed(found, len(found), "of that name", member)
    wanted = Wanted(state=_state(text), year=year, since=since.since)
    count = await registrations.count(session, member, wanted)
    if not count:
        return Say("desk/registered_none", {"your_period": since.named}, links=(_page("registrations"),))
    return _listed(await registrations.listed(session, member, wanted, limit=_SHOWN), count, since.named, member)


async def places(session: AsyncSession, member: Member, now: datetime) -> Say:
    """Of each hub: how many places are left, taken, and who waits."""
    found = await hubs.hubs(session, member, school_year(now.astimezone(LONDON).date()))
    lines = [
        f"- {one.place.hub_name}: {one.place.left} of {one.place.capacity} left, {one.confirmed} confirmed,"
        f" {one.to_confirm} to be confirmed, {one.waiting} waiting" + ("" if one.is_open else "; closed")
        for one in found
    ]
    if not lines:
        return Say("desk/places_none")
    return Say("desk/places", {"your_list": _cut(lines)}, links=(_page("hubs"),))


async def waiting(session: AsyncSession, member: Member, now: datetime) -> Say:
    """The questions that wait for an answer, the longest due first."""
    found = await questions.listed(session, member, state="open", limit=_SHOWN + 1)
    if not found:
        return Say("desk/questions_none")
    lines = [
        f"- {_short(one.text)} (due {phrases.day(one.due_at.astimezone(LONDON).date())}"
        f"{', late' if one.due_at < now else ''})"
        for one in found
    ]
    count = str(len(found)) if len(found) <= _SHOWN else f"more than {_SHOWN}"
    return Say("desk/questions", {"your_count": count, "your_list": _cut(lines)}, links=(_page("questions"),))


async def letters_sent(session: AsyncSession, member: Member, now: datetime) -> Say:
    """What came of the letters of this school year."""
    came = (await letters.funnel(session, member, school_year(now.astimezone(LONDON).date()))).came
    if not came.letters:
        return Say("desk/letters_none")
    told = {
        "still to leave": came.planned + came.leaving,
        "sent": came.sent,
        "came back": came.bounced,
        "looked at here": came.visited,
        "answered": came.replied,
        "registered": came.registered,
    }
    return Say(
        "desk/letters",
        {"your_list": "\n".join(f"- {what}: {count}" for what, count in told.items())},
        links=(_page("letters"),),
    )


def _listed(found: list[Registration], count: int, named: str, member: Member) -> Say:
    with_hub = member.is_office or len(member.hub_ids) > 1
    lines = [_line(one, with_hub) for one in found]
    values = {"your_period": named, "your_count": str(count), "your_list": _cut(lines, count)}
    return Say("desk/registered", values, links=(_page("registrations"),))


def _line(one: Registration, with_hub: bool) -> str:
    where = one.place.hub_name if one.place and with_hub else ""
    day = phrases.day(one.created_at.astimezone(LONDON).date())
    return f"- {', '.join(part for part in (one.school_name, one.school_town, where) if part)}: {_STATES[one.state]}, {day}"


def _state(text: str) -> State | None:
    words = text.casefold()
    if "withdr" in words or "dropped" in words or "pulled out" in words:
        return "withdrawn"
    if "waiting list" in words or "waiting" in words:
        return "waiting"
    if "confirm" in words:
        is_open = any(sign in words for sign in ("unconfirmed", "n't", "not ", "need", "still", "to confirm", "to be"))
        return "interested" if is_open else "confirmed"
    return None


def _cut(lines: list[str], count: int | None = None) -> str:
    more = (count if count is not None else len(lines)) - _SHOWN
    return "\n".join([*lines[:_SHOWN], *([f"and {more} more"] if more > 0 else [])])


def _short(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST].rstrip()}…"


def _page(name: str) -> tuple[str, str]:
    return "See all on the desk", f"/desk/{name}"
