"""The form's questions: which is next, and how it is put."""

from collections.abc import Sequence
from dataclasses import replace

from bot.registration_form.directory import Directory
from bot.registration_form.draft import Asked, Draft, DraftSchool, Say
from bot.registration_form.offering import listed_hubs, offered_hub
from bot.registration_form.turn import Turn
from bot.schools.school import School

CHANGEABLE: tuple[tuple[str, str], ...] = (
    ("The school", "change:school"),
    ("My name", "change:name"),
    ("My role", "change:role"),
    ("The email address", "change:contact"),
    ("The phone number", "change:phone"),
    ("The hub", "change:hub"),
)
_PLAIN: dict[Asked, Say] = {
    "school": Say("form/ask_school", expects="school"),
    "by_hand": Say("form/ask_by_hand"),
    "person": Say("form/ask_person"),
    "name": Say("form/ask_name"),
    "role": Say("form/ask_role"),
    "contact": Say("form/ask_contact", expects="email"),
    "phone": Say("form/ask_phone", choices=(("I'd rather not", "phone:none"),)),
    "change": Say("form/ask_change", choices=CHANGEABLE),
}


def next_question(draft: Draft) -> Asked:
    """The first thing that is not known yet."""
    if draft.school is None:
        return "school"
    if draft.name is None:
        return "person" if draft.role is None else "name"
    if draft.role is None:
        return "role"
    return "contact" if draft.email is None else "summary"


async def ask(draft: Draft, directory: Directory, asked: Asked | None = None) -> Turn:
    """Puts the question ``asked``, or the next one there is. A school that has just become known is said back."""
    fresh = asked is None and draft.asked in ("school", "by_hand") and draft.school is not None
    turn = await _ask(draft, directory, asked or next_question(draft))
    if fresh and turn.draft.asked != "summary":
        return turn.after(Say("form/school_noted", {"your_school": draft.known_school.label}))
    return turn


async def ask_again(draft: Draft, directory: Directory) -> Turn:
    """Puts the same question once more, and the summary without its lines, which have just been read."""
    if draft.asked == "summary" and not draft.suggested_email:
        return Turn(draft, [CONSENT])
    return await _ask(draft, directory, draft.asked or next_question(draft))


async def _ask(draft: Draft, directory: Directory, asked: Asked) -> Turn:
    draft = draft.with_(asked=asked)
    if draft.suggested_email:
        return Turn(draft, [_meant(draft.suggested_email)])
    if asked == "summary":
        return Turn(draft, [_summary(draft), *await offered_hub(draft, directory), CONSENT])
    if asked == "school" and draft.offered_schools:
        return Turn(draft, [await which_school(draft.offered_schools, directory)])
    if asked == "hub":
        return Turn(draft, await listed_hubs(draft, directory))
    if asked == "contact" and draft.letter_email:
        return Turn(draft, [replace(_PLAIN[asked], choices=((draft.letter_email, "email:letter"),))])
    return Turn(draft, [_PLAIN[asked]])


CONSENT = Say(
    "form/consent",
    choices=(
        ("Yes, register us", "confirm:yes"),
        ("Change something", "confirm:change"),
        ("No, leave it", "confirm:no"),
    ),
    links=(("What happens with your details", "/privacy"),),
)


async def which_school(urns: Sequence[int], directory: Directory) -> Say:
    """The schools to choose from."""
    schools = [school for urn in urns if (school := await directory.school(urn))]
    choices = tuple((label(school), f"school:{school.urn}") for school in schools)
    question = "form/which_school" if len(schools) > 1 else "form/this_school"
    return Say(question, choices=(*choices, ("It isn't one of these", "school:none")), expects="school")


def label(school: School) -> str:
    """Name, town and postcode of a school."""
    return DraftSchool(school.name, school.town, school.postcode, school.urn).label


def _meant(email: str) -> Say:
    return Say(
        "form/email_meant",
        {"your_email": email},
        choices=(("Yes, that one", "email:suggested"), ("No, as I typed it", "email:typed")),
    )


def _summary(draft: Draft) -> Say:
    values = {
        "your_school": draft.known_school.label,
        "your_name": draft.name or "",
        "your_role": draft.role or "",
        "your_email": draft.email or "",
        "your_phone": draft.phone or "not given",
    }
    return Say("form/summary", values)
