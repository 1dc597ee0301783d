"""How mails say dates, times, hubs and places: British, and in the time that clocks in London show."""

from datetime import date, datetime, time

from bot.london import LONDON
from bot.registrations.registration import Place, Registration


def day(on: date) -> str:
    """``Thursday 14 January 2027``."""
    return f"{on:%A} {on.day} {on:%B %Y}"


def clock(at: time) -> str:
    """``1 pm``, ``9.30 am``, ``12 noon``."""
    if (at.hour, at.minute) in ((12, 0), (0, 0)):
        return "12 noon" if at.hour else "12 midnight"
    minutes = f".{at.minute:02d}" if at.minute else ""
    return f"{(at.hour - 1) % 12 + 1}{minutes} {'am' if at.hour < 12 else 'pm'}"


def moment(at: datetime) -> str:
    """``Thursday 14 January 2027, 1 pm``, as clocks in London show it."""
    local = at.astimezone(LONDON)
    return f"{day(local.date())}, {clock(local.time())}"


def hub(place: Place) -> str:
    """The hub as it stands after "the": ``Fairview hub``, and that it is an example if it is one."""
    named = place.hub_name if "hub" in place.hub_name.lower().split() else f"{place.hub_name} hub"
    is_said = "example" in named.lower() or not place.is_example
    return named if is_said else f"{named} (an example)"


def first_session(place: Place) -> str:
    """When and where, or that nobody knows yet."""
    if place.session_on is None:
        return "The date is not yet fixed"
    parts = [day(place.session_on)]
    if place.session_at is not None:
        parts.append(clock(place.session_at))
    if place.session_venue:
        parts.append(place.session_venue)
    return ", ".join(parts)


def places_left(place: Place) -> str:
    """``1 place is left``, ``no place is left``."""
    if place.left == 1:
        return "1 place is left"
    return f"{place.left} places are left" if place.left > 0 else "no place is left"


def school(registration: Registration) -> str:
    """``Fairview Primary School, Barnet, EN5 4NJ``: what is known of it."""
    return ", ".join(filter(None, (registration.school_name, registration.school_town, registration.school_postcode)))
