"""What a pressed button does, and the yes or no that means the same."""

from collections.abc import Awaitable, Callable

from bot.registration_form.directory import Directory
from bot.registration_form.draft import Draft, Said, Say
from bot.registration_form.naming import take_school
from bot.registration_form.offering import offer, place_values
from bot.registration_form.questions import ask, ask_again, next_question
from bot.registration_form.turn import Turn

# What a wish to change something forgets, before it is asked for anew.
_FORGOTTEN: dict[str, dict[str, None]] = {
    "school": {"school": None, "hub": None},
    "name": {"name": None},
    "role": {"role": None},
    "contact": {"email": None, "typed_email": None, "suggested_email": None},
    "phone": {},
    "hub": {},
}


async def pressed(draft: Draft, choice: str, directory: Directory) -> Turn:
    """``choice`` is "what:value"; one that is out of date asks the present question again."""
    what, _, value = choice.partition(":")
    press = _PRESSES.get(what)
    turn = await press(draft.with_(misses=0), value, directory) if press else None
    return turn or await ask_again(draft, directory)


async def _school(draft: Draft, value: str, directory: Directory) -> Turn | None:
    if value in ("none", "by_hand"):
        return await ask(draft.with_(school=None, offered_schools=()), directory, "by_hand")
    if value == "other":
        return await ask(draft.with_(school=None, offered_schools=()), directory, "school")
    school = await directory.school(int(value)) if value.isdecimal() else None
    if school is None:
        return None
    turn = await take_school(draft, school, directory)
    return turn if turn.say else await ask(turn.draft, directory)


async def _email(draft: Draft, value: str, directory: Directory) -> Turn | None:
    if value == "letter":
        return await ask(draft.with_(email=draft.letter_email), directory) if draft.letter_email else None
    email = draft.suggested_email if value == "suggested" else draft.typed_email
    return await ask(draft.with_(email=email, suggested_email=None), directory) if draft.suggested_email else None


async def _phone(draft: Draft, value: str, directory: Directory) -> Turn | None:
    return await ask(draft.with_(phone=""), directory) if value == "none" else None


async def _hub(draft: Draft, value: str, directory: Directory) -> Turn | None:
    return await ask(draft.with_(hub=value), directory) if await directory.place(value) else None


async def _change(draft: Draft, value: str, directory: Directory) -> Turn | None:
    if value not in _FORGOTTEN or (value == "hub" and draft.school is None):
        return None
    return await ask(draft.with_(**_FORGOTTEN[value]), directory, value)  # type: ignore[arg-type]


async def _confirm(draft: Draft, value: str, directory: Directory) -> Turn | None:
    if value == "change":
        return await ask(draft, directory, "change")
    if value == "no":
        return Turn(Draft(), [Say("form/stopped")], end="stopped")
    return Turn(draft, end="registered") if next_question(draft) == "summary" and not draft.suggested_email else None


async def _form(draft: Draft, value: str, _directory: Directory) -> Turn | None:
    if value == "stop":
        return Turn(Draft(), [Say("form/stopped")], end="stopped")
    return Turn(draft, [Say("form/later")], end="later") if value == "later" else None


_PRESSES: dict[str, Callable[[Draft, str, Directory], Awaitable[Turn | None]]] = {
    "school": _school,
    "email": _email,
    "phone": _phone,
    "hub": _hub,
    "change": _change,
    "confirm": _confirm,
    "form": _form,
}


async def settled(draft: Draft, said: Said, directory: Directory) -> Turn | None:
    """The button that a plain yes or no stands for; None for any other message."""
    if said.intent not in ("affirm", "deny", "register"):
        return None
    is_yes = said.intent != "deny"
    if draft.suggested_email:
        return await pressed(draft, "email:suggested" if is_yes else "email:typed", directory)
    if draft.asked == "school" and len(draft.offered_schools) == 1 and said.intent != "register":
        return await pressed(draft, f"school:{draft.offered_schools[0] if is_yes else 'other'}", directory)
    if draft.asked == "summary":
        return await pressed(draft, "confirm:yes" if is_yes else "confirm:change", directory)
    return None


async def registered(draft: Draft, directory: Directory, consent: str, conversation_id: str) -> Turn:
    """Registers, and says what came of it."""
    offered = await offer(draft, directory)
    done = await directory.register(draft, offered.cohort_id, consent, conversation_id)
    place = done.registration.place
    outcome = f"form/done_{done.outcome}" if place or done.outcome != "waiting" else "form/done_no_hub"
    values = {"your_email": draft.email or "", "your_school": draft.school.label if draft.school else ""}
    values |= (
        place_values(place)
        if place
        else {"your_hub": "no hub yet", "your_leader": "", "your_places": "", "your_session": ""}
    )
    kept = Draft(name=draft.name, role=draft.role, email=draft.email, phone=draft.phone)
    return Turn(kept, [Say(outcome, values)], end="registered", registration=done.registration)


async def _on(turn: Turn, directory: Directory) -> Turn:
    """To the next question, unless the turn has one of its own."""
    return turn if turn.say else await ask(turn.draft, directory)
