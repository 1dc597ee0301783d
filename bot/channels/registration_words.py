"""A registration in the words of the page that its person sees."""

from dataclasses import dataclass
from datetime import datetime, time

from bot.hubs.year import said
from bot.london import LONDON
from bot.notices.phrases import day, school
from bot.registrations.registration import Change, Contact, Place, Registration

# What the leader or the office did is told in our words: theirs are a note to each other.
_DID = {
    "interested": "{} held a place for your school.",
    "confirmed": "{} confirmed your school’s place.",
    "waiting": "{} put your school on the waiting list.",
    "withdrawn": "{} withdrew your school.",
}
_BY = {"leader": "Your hub leader", "office": "The office"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page says; ``can_act``: this person answers for the school, and it is not withdrawn."""

    school: str
    year: str
    state: str
    heading: str
    explanation: str
    offered_until: str
    hub: str
    is_example: bool
    leader: str
    session: str
    person: Contact
    phone_ends_in: str
    others: int
    by_hand: bool
    can_act: bool
    can_return: bool
    history: tuple[tuple[str, str], ...]


def shown(registration: Registration, person: Contact) -> Shown:
    """The page of ``registration`` for ``person``, one of its contacts. Of other people it holds the leader's name only."""
    place = registration.place
    heading, explanation = _state(registration)
    is_first = registration.contacts[0].person_id == person.person_id
    return Shown(
        school=school(registration),
        year=said(registration.year),
        state=registration.state,
        heading=heading,
        explanation=explanation,
        offered_until=moment(registration.offered_until) if registration.offered_until else "",
        hub=place.hub_name if place else "",
        is_example=bool(place and place.is_example),
        leader=place.leader_name if place else "",
        session=session(place) if place else "",
        person=person,
        phone_ends_in=person.phone[-2:],
        others=len(registration.contacts) - 1,
        by_hand=registration.by_hand,
        can_act=is_first and registration.state != "withdrawn",
        can_return=registration.state == "withdrawn",
        history=tuple((moment(change.at), _change(change)) for change in registration.history),
    )


def moment(at: datetime) -> str:
    """``Tuesday 24 November 2026 at 10:05``, British time."""
    here = at.astimezone(LONDON)
    return f"{day(here.date())} at {here:%H:%M}"


def session(place: Place) -> str:
    """When and where the hub first meets, as far as that is fixed."""
    if place.session_on is None:
        return "The date is not fixed yet. Your hub leader will tell you."
    at = f" at {_clock(place.session_at)}" if place.session_at else ", time to be announced"
    where = f", {place.session_venue}" if place.session_venue else ", place to be announced"
    return f"{day(place.session_on)}{at}{where}"


def _clock(at: time) -> str:
    return f"{at:%H:%M}"


def _state(registration: Registration) -> tuple[str, str]:
    match registration:
        case Registration(state="interested"):
            return "A place is held for your school", "Your hub leader will be in touch to confirm it."
        case Registration(state="confirmed"):
            return "Your school’s place is confirmed", "There is nothing more that you need to do here."
        case Registration(state="withdrawn"):
            return "Your school is withdrawn", "No place is held for it, and we no longer write to you about it."
        case Registration(offered_until=datetime()):
            return "A place has become free for your school", "Would you like it?"
        case Registration(place=None):
            return (
                "Your school is on the waiting list",
                "There is no hub near you yet. The office knows, and will write to you.",
            )
    return "Your school is on the waiting list", "The hub is full just now. When a place becomes free, we write to you."


def _change(change: Change) -> str:
    return _DID[change.state].format(_BY[change.by]) if change.by in _BY else change.why
