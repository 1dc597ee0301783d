"""What the office is told: whatever needs a person there."""

from bot.notices import phrases
from bot.notices.content import Content, Paragraph
from bot.notices.to_leader import school_details
from bot.registrations.registration import Registration

_BECAUSE = "You get this email because registrations that need a person come to this address."


def waiting(registration: Registration) -> Content:
    place = registration.place
    if place is None:
        subject = f"No hub near {registration.school_name}"
        what = "No hub is near this school, so it waits without one. Please find it a hub and write to its contact."
    else:
        subject = f"{registration.school_name} waits: the {phrases.hub(place)} is full"
        what = f"Every place in the {phrases.hub(place)} is taken, so this school is on its waiting list and has been told so."
    return Content(
        subject,
        "",
        (
            Paragraph(what),
            school_details(registration, registration.contacts),
            *([_typed_in()] if registration.by_hand else []),
        ),
        _BECAUSE,
    )


def by_hand(registration: Registration) -> Content:
    return Content(
        f"Not in the register: {registration.school_name}",
        "",
        (
            Paragraph("A school has registered that is not in the national register."),
            school_details(registration, registration.contacts),
            _typed_in(),
        ),
        _BECAUSE,
    )


def withdrawn(registration: Registration) -> Content:
    return Content(
        f"{registration.school_name} no longer waits",
        "",
        (
            Paragraph("This school was on the waiting list and has withdrawn. Nothing needs to be done."),
            school_details(registration, registration.contacts),
        ),
        _BECAUSE,
    )


def _typed_in() -> Paragraph:
    return Paragraph("Its name and place were typed in by hand: please check that it is a school, and which one.")
