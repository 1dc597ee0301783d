"""A hub's first session as a calendar file (RFC 5545)."""

from datetime import date, datetime
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from bot.london import LONDON
from bot.notices import phrases
from bot.notices.scheme import NoticeScheme
from bot.outbox.mail import Attachment
from bot.registrations.registration import Place


def first_session(place: Place, scheme: NoticeScheme, public_url: str, now: datetime) -> Attachment | None:
    """The file, or None while the date is not fixed.

    The UID is the cohort's, so that a later file moves the same entry. No end is given: nobody has told us one.
    """
    if place.session_on is None:
        return None
    event = Event()
    event.add("uid", f"first-session-{place.cohort_id}@{urlsplit(public_url).hostname}")
    event.add("dtstamp", now)
    event.add("sequence", int(now.timestamp()))
    event.add("summary", f"{scheme.short_name}: first session, {phrases.hub(place)}")
    event.add("description", f"Hub leader: {place.leader_name}, {place.leader_email}")
    if place.session_venue:
        event.add("location", place.session_venue)
    if place.session_at is None:
        event.add("dtstart", place.session_on)
    else:
        event.add("dtstart", datetime.combine(place.session_on, place.session_at, LONDON))
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//{scheme.short_name}//assistant//EN")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones(date(place.session_on.year, 1, 1), date(place.session_on.year + 1, 1, 1))
    return Attachment("first-session.ics", "text/calendar", calendar.to_ical())
