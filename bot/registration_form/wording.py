"""Numbers and dates as the form says them."""

from bot.notices import phrases
from bot.registrations.registration import Place


def miles(distance: float | None) -> str:
    """``3 miles``; empty where it is not known."""
    if distance is None:
        return ""
    if distance < 1:
        return "less than a mile"
    whole = round(distance)
    return f"about {whole} mile{'s' if whole != 1 else ''}"


def places(left: int) -> str:
    """``4 places left``."""
    if left <= 0:
        return "no place left"
    return f"{left} place{'s' if left != 1 else ''} left"


def first_session(place: Place) -> str:
    """``Thursday 14 January 2027, 1.30 pm, Fairview Primary School``, or that the date is not yet fixed."""
    said = phrases.first_session(place)
    return said if place.session_on else said[0].lower() + said[1:]
