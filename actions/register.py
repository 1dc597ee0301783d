"""The form that registers a school: reads its slots, has ``bot`` decide the turn, and utters it."""

from functools import cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import answers, utter_topic
from actions.directory import directory
from actions.known import asker_of, draft_events, draft_of
from actions.letter import letter_form
from actions.offering import HAND_OVER, below
from actions.saying import said_in, utter
from bot.registration_form.dialogue import RegistrationForm
from bot.registration_form.draft import Draft, Said
from bot.registration_form.interruption import SEND_LETTER
from bot.registration_form.turn import Turn

# The form's questions as Rasa knows them: the slot that each of them fills.
_SLOT_OF = {
    "school": "school",
    "by_hand": "school",
    "person": "person_name",
    "name": "person_name",
    "role": "role",
    "contact": "email",
    "phone": "phone",
    "hub": "consent",
    "change": "consent",
    "summary": "consent",
}


@cache
def form() -> RegistrationForm:
    """The form, with the wording of the consent that it asks for."""
    return RegistrationForm(directory(), answers().wording("form/consent"))


class ValidateRegisterForm(Action):
    """Takes a message of the registration form, whatever it is: an answer, a question in between, a correction, a stop."""

    def name(self) -> str:
        """The name in domain.yml, by which Rasa's form calls it."""
        return "validate_register_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters the turn; returns what is known now and which slot is asked for, none when the form has ended."""
        draft, said = draft_of(tracker), said_in(tracker.latest_message)
        if said.intent == HAND_OVER:  # a button: the registration is kept, and goes on when they say so
            return [*draft_events(draft), SlotSet("requested_slot", None), FollowupAction("handover_form")]
        if tracker.get_slot("requested_slot") is None:
            turn = await form().begin(draft, said)
        else:
            turn = await form().hear(draft, said, tracker.sender_id)
        for topic in turn.topics:
            await _answer(dispatcher, topic, said, tracker, turn.draft)
        for say in turn.say:
            utter(dispatcher, say)
        return _events(turn)


async def _answer(dispatcher: CollectingDispatcher, topic: str, said: Said, tracker: Tracker, draft: Draft) -> None:
    """Answers a question in between; the letter is sent where an address is known."""
    if topic != SEND_LETTER:
        return utter_topic(dispatcher, topic, **below(topic, tracker))
    for say in await letter_form().in_between(said, asker_of(tracker, draft)):
        utter(dispatcher, say)


def _events(turn: Turn) -> list[EventType]:
    place = turn.registration.place if turn.registration else None
    events = [*draft_events(turn.draft), SlotSet("consent", True if turn.end == "registered" else None)]
    if place:
        events.append(SlotSet("cohort", place.cohort_id))
    asked = None if turn.end or turn.draft.asked is None else _SLOT_OF[turn.draft.asked]
    return [*events, SlotSet("requested_slot", asked)]
