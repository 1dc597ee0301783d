"""What a hub's leader is told: who, where, and how many places are left."""

from bot.hubs.year import said
from bot.notices import phrases
from bot.notices.content import Block, Content, Details, Paragraph, details
from bot.registrations.registration import Contact, Place, Registration


def registered(registration: Registration, place: Place) -> Content:
    return _content(
        place,
        f"{registration.school_name} has registered: {phrases.places_left(place)}",
        Paragraph(
            f"{registration.school_name} has registered for the {phrases.hub(place)}, school year "
            f"{said(registration.year)}. The place is held."
        ),
        school_details(registration, registration.contacts),
        *_by_hand(registration),
        _places(place),
        Paragraph(f"Please get in touch to confirm the place. A reply to this email goes to {_names(registration)}."),
    )


def confirmed(registration: Registration, place: Place) -> Content:
    return _content(
        place,
        f"{registration.school_name}: place confirmed",
        Paragraph(f"The place of {registration.school_name} in the {phrases.hub(place)} is confirmed."),
        school_details(registration, registration.contacts),
        _places(place),
    )


def joined(registration: Registration, place: Place, newcomer: Contact) -> Content:
    return _content(
        place,
        f"{registration.school_name}: {newcomer.name} is a further contact",
        Paragraph(
            f"{newcomer.name} also asked to register {registration.school_name}, which is registered already, and has been added "
            "as a further contact. No further place is taken."
        ),
        school_details(registration, (newcomer,)),
        _places(place),
    )


def corrected(registration: Registration, place: Place) -> Content:
    return _content(
        place,
        f"{registration.school_name}: details corrected",
        Paragraph(f"The details of {registration.school_name}'s contacts were corrected. This is what we hold now."),
        school_details(registration, registration.contacts),
    )


def moved_here(registration: Registration, place: Place) -> Content:
    return _content(
        place,
        f"{registration.school_name} has been moved to your hub: {phrases.places_left(place)}",
        Paragraph(
            f"{registration.school_name} has been moved from another hub to the {phrases.hub(place)}, school year "
            f"{said(registration.year)}. The place is held, and the school has been told."
        ),
        school_details(registration, registration.contacts),
        *_by_hand(registration),
        _places(place),
        Paragraph(f"Please get in touch to confirm the place. A reply to this email goes to {_names(registration)}."),
    )


def moved_away(registration: Registration, place: Place, now_at: Place) -> Content:
    return _content(
        place,
        f"{registration.school_name} has been moved to the {phrases.hub(now_at)}",
        Paragraph(
            f"{registration.school_name} has been moved from the {phrases.hub(place)} to the {phrases.hub(now_at)}, school year "
            f"{said(registration.year)}. If it held a place and a school was waiting, that school has been offered it already."
        ),
    )


def withdrawn(registration: Registration, place: Place) -> Content:
    return _content(
        place,
        f"{registration.school_name} has withdrawn: {phrases.places_left(place)}",
        Paragraph(
            f"{registration.school_name} has withdrawn from the {phrases.hub(place)}, school year "
            f"{said(registration.year)}. If a school was waiting, the place has been offered to it already."
        ),
        school_details(registration, registration.contacts),
        _places(place),
    )


def school_details(registration: Registration, contacts: tuple[Contact, ...]) -> Details:
    """The school and its people."""
    people = [
        row
        for contact in contacts
        for row in (
            ("Contact", contact.name),
            ("Role", contact.role),
            ("Email", contact.email),
            ("Phone", contact.phone),
        )
    ]
    return details(
        ("School", phrases.school(registration)),
        ("URN", str(registration.urn) if registration.urn else ""),
        ("School year", said(registration.year)),
        *people,
    )


def _content(place: Place, subject: str, *blocks: Block) -> Content:
    example = (
        (Paragraph("This hub is an example: whoever registers with it takes no real place."),)
        if place.is_example
        else ()
    )
    because = f"You get this email because you lead the {phrases.hub(place)}."
    return Content(subject, place.leader_name, (*example, *blocks), because)


def _places(place: Place) -> Paragraph:
    left = phrases.places_left(place)
    return Paragraph(f"{left[0].upper()}{left[1:]} of {place.capacity} in your hub.")


def _by_hand(registration: Registration) -> tuple[Block, ...]:
    if not registration.by_hand:
        return ()
    return (
        Paragraph("The school was not found in the national register, so its name was typed in. The office checks it."),
    )


def _names(registration: Registration) -> str:
    return registration.contacts[0].name if registration.contacts else "the office"
