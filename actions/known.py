"""What a conversation's slots tell of the person and their school, and how it is kept there."""

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from bot.letter_request.request import Asker, LetterRequest
from bot.registration_form.draft import Draft

COLLECTED = {"school": "school", "person_name": "name", "role": "role", "email": "email", "phone": "phone"}
"""The slots that hold a part of the registration's draft, and what the draft calls it."""


def draft_of(tracker: Tracker) -> Draft:
    """The registration as far as it is known."""
    kept = dict(tracker.get_slot("form") or {})
    kept |= {name: tracker.get_slot(slot) for slot, name in COLLECTED.items()}
    return Draft.from_slot(kept | {"letter_email": request_of(tracker).sent_to})


def draft_events(draft: Draft) -> list[EventType]:
    """The slots that keep a draft until the form's next turn."""
    known = draft.as_slot()
    collected = [SlotSet(slot, known.pop(name)) for slot, name in COLLECTED.items()]
    return [*collected, SlotSet("form", known)]


def request_of(tracker: Tracker) -> LetterRequest:
    """The wish for the letter as far as it is known."""
    return LetterRequest.from_slot(tracker.get_slot("letter_request"))


def asker_of(tracker: Tracker, draft: Draft) -> Asker:
    """Who asks for the letter, with ``draft`` as the registration is now."""
    return Asker(
        conversation_id=tracker.sender_id,
        came_from=tracker.get_slot("letter"),
        draft=draft,
        is_registered=bool(tracker.get_slot("consent")),
        cohort_id=tracker.get_slot("cohort"),
    )
