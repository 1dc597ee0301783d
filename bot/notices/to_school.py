"""What the people of a school are told."""

from bot.hubs.year import said
from bot.notices import phrases
from bot.notices.content import Block, Button, Content, Details, Heading, Paragraph, details
from bot.registrations.registration import Contact, Place, Registration

_LINK = "View, correct or withdraw"
_KEEP_LINK = Paragraph(
    "This link is for you alone, so please do not pass it on. Should it no longer work, its page says how to get a new one."
)


def registered(registration: Registration, place: Place, to: Contact, link: str) -> Content:
    return Content(
        f"{registration.school_name}: a place in the {phrases.hub(place)}",
        to.name,
        (
            Paragraph(
                f"Thank you for registering {registration.school_name}. A place in the {phrases.hub(place)} is held for your "
                f"school for the school year {said(registration.year)}."
            ),
            *_example(place),
            _registration_details(registration, to),
            *_next_steps(place, f"{place.leader_name}, who leads the hub, will be in touch to confirm the place."),
            *_own_page(link),
        ),
        _because(registration),
    )


def confirmed(registration: Registration, place: Place, to: Contact, link: str) -> Content:
    return Content(
        f"{registration.school_name}: your place in the {phrases.hub(place)} is confirmed",
        to.name,
        (
            Paragraph(
                f"The place of {registration.school_name} in the {phrases.hub(place)} is confirmed for the school year "
                f"{said(registration.year)}. We look forward to working with you."
            ),
            *_example(place),
            _registration_details(registration, to),
            *_next_steps(place, "You need do nothing now."),
            *_own_page(link),
        ),
        _because(registration),
    )


def waiting(registration: Registration, to: Contact, link: str) -> Content:
    place = registration.place
    year = said(registration.year)
    if place is None:
        subject = f"{registration.school_name}: on the waiting list, as no hub is near yet"
        truth = (
            f"Thank you for registering {registration.school_name}. There is no hub near your school for the school year {year} "
            "yet, so we cannot offer you a place today. Your school is on the waiting list."
        )
        then = (
            "The office has been told and will look for a hub for you. You need do nothing now: we write as soon as there is "
            "news."
        )
    else:
        subject = f"{registration.school_name}: on the waiting list of the {phrases.hub(place)}"
        truth = (
            f"Thank you for registering {registration.school_name}. Every place in the {phrases.hub(place)} for the school year "
            f"{year} is taken, so we cannot offer you one today. Your school is on its waiting list."
        )
        then = (
            "When a place becomes free, it is offered by email to the school that has waited longest. The office has been told "
            "too. You need do nothing now."
        )
    return Content(
        subject,
        to.name,
        (
            Paragraph(truth),
            *_example(place),
            _registration_details(registration, to),
            Heading("What happens next"),
            Paragraph(then),
            *_own_page(link),
        ),
        _because(registration),
    )


def place_offered(registration: Registration, place: Place, to: Contact, link: str) -> Content:
    until = phrases.moment(registration.offered_until) if registration.offered_until else "further notice"
    return Content(
        f"{registration.school_name}: a place in the {phrases.hub(place)} is free for you",
        to.name,
        (
            Paragraph(
                f"Good news: a place in the {phrases.hub(place)} has become free, and your school is first on the waiting list. "
                f"We hold it for {registration.school_name} until {until}."
            ),
            *_example(place),
            Button("Take or decline the place", link),
            Paragraph("If we hear nothing from you by then, we offer the place to the next school that waits."),
            _registration_details(registration, to),
            _KEEP_LINK,
        ),
        _because(registration),
    )


def offer_lapsed(registration: Registration, to: Contact, link: str) -> Content:
    where = f" in the {phrases.hub(registration.place)}" if registration.place else ""
    waits = registration.state == "waiting"
    remains = f"{registration.school_name} is still on the waiting list" if waits else "Your registration has ended"
    wish = "If you would still like a place, reply to this email and we will see what can be done."
    return Content(
        f"{registration.school_name}: the place{where} is no longer held",
        to.name,
        (
            Paragraph(
                f"We held a place{where} for {registration.school_name}. As we did not hear from you in time, we "
                f"no longer hold it. {remains}. {wish}"
            ),
            *_example(registration.place),
            *_own_page(link),
        ),
        _because(registration),
    )


def moved(registration: Registration, place: Place, to: Contact, link: str) -> Content:
    waits = registration.state == "waiting"
    truth = "It is on the waiting list there." if waits else "A place is held for it there."
    then = (
        "we write as soon as a place becomes free."
        if waits
        else f"{place.leader_name} will be in touch to confirm the place."
    )
    return Content(
        f"{registration.school_name}: now with the {phrases.hub(place)}",
        to.name,
        (
            Paragraph(
                f"{registration.school_name} is now with the {phrases.hub(place)} for the school year {said(registration.year)}. "
                f"{truth}"
            ),
            *_example(place),
            _registration_details(registration, to),
            *(
                [Paragraph(f"You need do nothing now: {then}")]
                if waits
                else _next_steps(place, f"You need do nothing: {then}")
            ),
            Paragraph("If that does not suit you, please reply to this email."),
            *_own_page(link),
        ),
        _because(registration),
    )


def corrected(registration: Registration, to: Contact, link: str) -> Content:
    return Content(
        f"{registration.school_name}: details corrected",
        to.name,
        (
            Paragraph(
                f"The details of {registration.school_name}'s registration were corrected. This is what we hold now."
            ),
            _registration_details(registration, to),
            Paragraph("If you did not expect this, please reply to this email."),
            *_own_page(link),
        ),
        _because(registration),
    )


def withdrawn(registration: Registration, to: Contact) -> Content:
    return Content(
        f"{registration.school_name}: registration withdrawn",
        to.name,
        (
            Paragraph(
                f"The registration of {registration.school_name} for the school year {said(registration.year)} "
                "has been withdrawn. The school no longer holds or awaits a place."
            ),
            Paragraph(
                "If that is a mistake, please reply to this email soon. You are welcome to register again at any time."
            ),
        ),
        _because(registration),
    )


def joined(registration: Registration, to: Contact, link: str) -> Content:
    """To somebody whose school was registered before by another person, who is not named to them."""
    return Content(
        f"{registration.school_name} is registered already",
        to.name,
        (
            Paragraph(
                f"A colleague registered {registration.school_name} before you, so nothing had to be registered again: you have "
                "been added as a further contact. This is how things stand."
            ),
            *_example(registration.place),
            _registration_details(registration, to),
            *([_session(registration.place)] if registration.place and registration.state in _HOLDS_PLACE else []),
            *_own_page(link),
        ),
        _because(registration),
    )


def colleague_joined(registration: Registration, newcomer: Contact, to: Contact, link: str) -> Content:
    """To the person who registered the school, so that no stranger joins unseen."""
    return Content(
        f"{registration.school_name}: {newcomer.name} has been added as a contact",
        to.name,
        (
            Paragraph(
                f"{newcomer.name} also asked to register {registration.school_name} and has been added as a further contact. The "
                "registration itself has not changed."
            ),
            details(("Name", newcomer.name), ("Role", newcomer.role), ("Email", newcomer.email)),
            Paragraph("If you do not know this person, please reply to this email."),
            *_own_page(link),
        ),
        _because(registration),
    )


_HOLDS_PLACE = ("interested", "confirmed")
_STANDING = {
    "interested": "A place is held",
    "confirmed": "Confirmed",
    "waiting": "On the waiting list",
    "withdrawn": "Withdrawn",
}


def _registration_details(registration: Registration, to: Contact) -> Details:
    return details(
        ("School", phrases.school(registration)),
        ("School year", said(registration.year)),
        ("Status", _STANDING[registration.state]),
        *_hub_rows(registration.place),
        ("Your name", to.name),
        ("Your role", to.role),
        ("Your email", to.email),
        ("Your phone", to.phone),
    )


def _hub_rows(place: Place | None) -> tuple[tuple[str, str], ...]:
    if place is None:
        return (("Hub", "None near yet"),)
    return (
        ("Hub", phrases.hub(place)),
        ("Hub leader", f"{place.leader_name}, {place.leader_email}"),
        ("First session", phrases.first_session(place)),
    )


def _next_steps(place: Place, first: str) -> tuple[Block, ...]:
    if place.is_example:
        return ()
    return (Heading("What happens next"), Paragraph(first), _session(place))


def _session(place: Place) -> Paragraph:
    if place.session_on is None:
        return Paragraph(f"The date of the first session is not yet fixed. {place.leader_name} will tell you.")
    return Paragraph(
        f"The first session is on {phrases.first_session(place)}. The attached file puts it into your calendar."
    )


def _own_page(link: str) -> tuple[Block, ...]:
    return (Button(_LINK, link), _KEEP_LINK)


def _example(place: Place | None) -> tuple[Block, ...]:
    if place is None or not place.is_example:
        return ()
    return (
        Paragraph(
            "This hub is an example, there to show how registering works. No real place comes with it, and nobody will write to "
            "you."
        ),
    )


def _because(registration: Registration) -> str:
    return f"You get this email because this address was given as a contact of {registration.school_name}."
