"""The form that registers a school: reads its slots, has ``bot`` decide the turn, and utters it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import answers, asked_topics, utter_topic
from actions.directory import directory, public_url
from bot.registration_form.dialogue import RegistrationForm
from bot.registration_form.draft import Draft, Said, Say
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
_COLLECTED = {"school": "school", "person_name": "name", "role": "role", "email": "email", "phone": "phone"}


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
        draft, said = _draft(tracker), _said(tracker.latest_message)
        if tracker.get_slot("requested_slot") is None:
            turn = await form().begin(draft, said)
        else:
            turn = await form().hear(draft, said, tracker.sender_id)
        for topic in turn.topics:
            utter_topic(dispatcher, topic)
        for say in turn.say:
            _utter(dispatcher, say)
        return _events(turn)


def draft_events(draft: Draft) -> list[EventType]:
    """The slots that keep a draft until the form's next turn."""
    known = draft.as_slot()
    collected = [SlotSet(slot, known.pop(name)) for slot, name in _COLLECTED.items()]
    return [*collected, SlotSet("form", known)]


def _draft(tracker: Tracker) -> Draft:
    kept = dict(tracker.get_slot("form") or {})
    return Draft.from_slot(kept | {name: tracker.get_slot(slot) for slot, name in _COLLECTED.items()})


def _said(message: Mapping[str, Any]) -> Said:
    intent = message.get("intent", {}).get("name") or ""
    understanding = message.get("understanding")
    if understanding is None:  # a pressed button
        entities = message.get("entities", [])
        chosen = [entity["value"] for entity in entities if entity.get("entity") == "choice"]
        topics = () if intent in ("choose", "register") else tuple(asked_topics(message))
        return Said("", intent, choice=chosen[0] if chosen else None, topics=topics, is_sure=True)
    return Said(
        text=message.get("text") or "",
        intent=intent,
        topics=tuple(asked_topics(message)),
        is_sure=understanding["certainty"] == "sure",
    )


def _utter(dispatcher: CollectingDispatcher, say: Say) -> None:
    buttons = [{"title": label, "payload": f'/choose{{"choice": "{choice}"}}'} for label, choice in say.choices]
    links = [{"label": label, "href": public_url() + path} for label, path in say.links]
    fields = {"buttons": buttons, "expects": say.expects if say.expects != "text" else None}
    given = {name: value for name, value in fields.items() if value}
    utter_topic(dispatcher, say.response, say.values, links, **given)


def _events(turn: Turn) -> list[EventType]:
    place = turn.registration.place if turn.registration else None
    events = [*draft_events(turn.draft), SlotSet("consent", True if turn.end == "registered" else None)]
    if place:
        events.append(SlotSet("cohort", place.cohort_id))
    asked = None if turn.end or turn.draft.asked is None else _SLOT_OF[turn.draft.asked]
    return [*events, SlotSet("requested_slot", asked)]
