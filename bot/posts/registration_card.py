"""What a post about a registration shows: the school as it stands, and what may be done with it."""

from collections.abc import Sequence

from bot.hubs.year import said
from bot.notices import phrases
from bot.posts.card import Action, Card
from bot.posts.cutting import LONGEST_TITLE, one_line
from bot.posts.done_by import done_by
from bot.registrations.registration import Actor, Change, Contact, Registration
from bot.staff.audit import Entry

_MOST_CONTACTS = 3
_STANDS = {
    "interested": "has registered for the {hub}, school year {year}. The place is held, and waits to be confirmed.",
    "confirmed": "takes part in the {hub}, school year {year}. The place is confirmed.",
    "waiting": "waits for a place, school year {year}.",
    "withdrawn": "has withdrawn, school year {year}.",
}
_BY: dict[Actor, str] = {
    "applicant": "by the school",
    "leader": "by the hub's leader",
    "office": "by the office",
    "system": "",
}


def card_of_registration(registration: Registration, public_url: str, done: Sequence[Entry] = ()) -> Card:
    """The registration as it is now. ``done``: what members of staff did to it, oldest first (``bot.staff.audit``)."""
    place = registration.place
    hub = phrases.hub(place) if place else ""
    year = said(registration.year)
    stands = _STANDS[registration.state].format(hub=hub, year=year)
    lines = [f"{registration.school_name} {stands}"]
    if registration.by_hand:
        lines.append("The school was not found in the national register, so its name was typed in.")
    fields = [
        ("School", phrases.school(registration)),
        ("URN", str(registration.urn) if registration.urn else ""),
        *(field for contact in registration.contacts[:_MOST_CONTACTS] for field in _person(contact)),
        ("Places", f"{phrases.places_left(place)} of {place.capacity}" if place else ""),
    ]
    return Card(
        title=one_line(registration.school_name, LONGEST_TITLE),
        text=tuple(one_line(line) for line in lines),
        fields=tuple((label, one_line(value)) for label, value in fields if value),
        actions=_actions(registration, public_url),
        note=_note(registration, done),
    )


def _person(contact: Contact) -> tuple[tuple[str, str], ...]:
    named = f"{contact.name}, {contact.role}" if contact.role else contact.name
    return ("Contact", named), ("Email", contact.email), ("Phone", contact.phone)


def _actions(registration: Registration, public_url: str) -> tuple[Action, ...]:
    look = Action("open", "Open", registration.id, f"{public_url}/desk/registrations/{registration.id}")
    if registration.state != "interested":
        return (look,)
    return Action("confirm", "Confirm", registration.id, is_primary=True), look


def _note(registration: Registration, done: Sequence[Entry]) -> str:
    """Who made it what it is: the member of staff, or what the registration's own history knows."""
    if registration.state not in ("confirmed", "withdrawn"):
        return ""
    changes = [change for change in registration.history if change.state == registration.state]
    made = _first_of_last_run(registration) if changes else None
    entries = [entry for entry in done if entry.action == registration.state]
    if entries and (made is None or entries[-1].at >= made.at):
        return done_by(registration.state.capitalize(), entries[-1])
    if made is None:
        return ""
    by = f" {_BY[made.by]}" if _BY[made.by] else ""
    return f"{registration.state.capitalize()}{by} on {phrases.moment(made.at)}."


def _first_of_last_run(registration: Registration) -> Change:
    """The change since which the registration is in its state: later ones may only have corrected details."""
    since = registration.history[-1]
    for change in reversed(registration.history):
        if change.state != registration.state:
            break
        since = change
    return since
