"""What is known of a registration before anything was said, because a hub invited the school by letter."""

from bot.letters.letter import LetterSchool
from bot.registration_form.checks import Unusable, checked_email, checked_name
from bot.registration_form.directory import Directory
from bot.registration_form.draft import Draft, DraftSchool
from bot.registrations.registration import Place

_ROLE = "Headteacher"


async def invited(
    school: LetterSchool, head: str, place: Place, sender: str, directory: Directory, writer: str = ""
) -> Draft:
    """The draft of a school that the hub of ``place`` invited.

    ``head``, their name, and ``sender``, the email address that a reply came from, may be empty; one that the form would not take
    is left to be asked for. ``writer``: the name of who replied; somebody else than the head is registered under their own name,
    and asked for their role. Raises StoreUnavailable.
    """
    is_known = school.urn is not None and await directory.school(school.urn) is not None
    name = _usable_name(head)
    colleague = _usable_name(writer) if not _is_same_person(writer, head) else None
    return Draft(
        school=DraftSchool(school.name, school.town, school.postcode, school.urn if is_known else None),
        name=colleague or name,
        role=_ROLE if name and not colleague else None,
        email=_usable_email(sender),
        invited_by=place.cohort_id,
    )


def _is_same_person(one: str, other: str) -> bool:
    """By the last name, as "Mrs A Lee" writes as "Ann Lee"."""
    return one.casefold().split()[-1:] == other.casefold().split()[-1:]


def _usable_name(name: str) -> str | None:
    try:
        return checked_name(name)
    except Unusable:
        return None


def _usable_email(email: str) -> str | None:
    try:
        return checked_email(email)
    except Unusable:
        return None
