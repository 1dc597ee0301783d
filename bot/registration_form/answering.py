"""Takes from a message what it tells, and checks it; says what is wrong with what cannot be used."""

from bot.registration_form.checks import (
    Unusable,
    checked_email,
    checked_name,
    checked_phone,
    checked_role,
    meant_email,
)
from bot.registration_form.details import Details, looks_like_name
from bot.registration_form.directory import Directory
from bot.registration_form.draft import Draft, Said, Say
from bot.registration_form.naming import by_hand, name_school
from bot.registration_form.turn import Turn

_NONE = {
    "no", "none", "no thanks", "no thank you", "skip", "rather not", "i'd rather not", "prefer not to", "not needed", "n/a", "-",
}  # fmt: skip


async def tell(
    draft: Draft, details: Details, said: Said, directory: Directory, beginning: bool = False
) -> Turn | None:
    """What the message tells, noted in the draft; None where it tells nothing that is of use.

    A turn with something to say has a question of its own; one without goes on to the next question.
    """
    before = draft
    try:
        draft = _contact(draft, details)
        draft = _person(draft, details, said)
    except Unusable as wrong:
        return _refused(draft, wrong)
    if draft.asked == "by_hand" and (school := by_hand(said.text)):
        return Turn(draft.with_(school=school, misses=0, hub=None, invited_by=None))
    if words := _school_words(draft, details, said, beginning):
        named = await name_school(draft, words, directory)
        if named is not None:
            return named
    if draft == before:
        return None
    return Turn(draft.with_(misses=0))


def not_understood(draft: Draft) -> Say:
    """The first time that an answer is of no use."""
    expects = {"school": "school", "contact": "email"}.get(draft.asked or "", "text")
    return Say(f"form/again_{draft.asked}", expects=expects)  # type: ignore[arg-type]


def way_round(draft: Draft) -> Say:
    """The second time, or when a person does not know: why it is asked and what else would do."""
    choices: tuple[tuple[str, str], ...] = (("Finish later", "form:later"), ("Stop", "form:stop"))
    match draft.asked:
        case "school" | "by_hand":
            choices = (("Enter it by hand", "school:by_hand"), *choices)
        case "phone":
            choices = (("Go on without it", "phone:none"), *choices)
        case "summary" | "change" | "hub":
            choices = (("Yes, register us", "confirm:yes"), *choices)
    expects = {"school": "school", "contact": "email"}.get(draft.asked or "", "text")
    return Say(f"form/help_{draft.asked}", choices=choices, expects=expects)  # type: ignore[arg-type]


def _contact(draft: Draft, details: Details) -> Draft:
    """Email and phone are taken wherever they come."""
    if details.email:
        email = checked_email(details.email)
        meant = meant_email(email)
        if meant and meant != draft.typed_email:
            draft = draft.with_(typed_email=email, suggested_email=meant)
        else:
            draft = draft.with_(email=email, suggested_email=None)
    if details.phone:
        draft = draft.with_(phone=checked_phone(details.phone))
    return draft


def _person(draft: Draft, details: Details, said: Said) -> Draft:
    """Name and role, where they are asked for or not known yet."""
    name, role = details.name, details.role
    rest = details.rest
    if draft.asked in ("person", "name") and name is None and rest:
        name = rest if looks_like_name(rest) or role or "=" in rest or any(sign.isdigit() for sign in rest) else None
    if draft.asked == "role" and role is None and name is None and rest:
        role = rest
    if draft.asked == "phone" and not details.phone:
        if said.text.strip(" .!").casefold() in _NONE or said.intent == "deny":
            return draft.with_(phone="")
        if not (details.email or name or role):
            raise Unusable("phone")
    if draft.asked == "contact" and not details.email and "@" in said.text:
        raise Unusable("email")
    if name and (draft.asked in ("person", "name") or draft.name is None):
        draft = draft.with_(name=checked_name(name))
    if role and (draft.asked in ("person", "role") or draft.role is None):
        draft = draft.with_(role=checked_role(role))
    return draft


def _school_words(draft: Draft, details: Details, said: Said, beginning: bool) -> str:
    """The words to look for a school with, or nothing."""
    if draft.school is not None or draft.asked == "by_hand":
        return ""
    if details.school:
        return f"{details.school}, {details.rest}" if draft.asked == "school" and details.rest else details.school
    if draft.asked == "school" and not beginning:
        return details.rest
    return ""


def _refused(draft: Draft, wrong: Unusable) -> Turn:
    draft = draft.with_(misses=draft.misses + 1)
    if draft.misses > 2 and draft.asked:
        return Turn(draft.with_(misses=0), [way_round(draft)])
    expects = "email" if wrong.reason.startswith("email") else "text"
    return Turn(draft, [Say(f"form/wrong_{wrong.reason}", expects=expects)])  # type: ignore[arg-type]
