"""The letter in conversation: greets somebody who comes from it, and sends it to somebody who asks for it."""

from email.utils import parseaddr
from functools import cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import utter_topic
from actions.directory import directory, letter, letters
from actions.known import asker_of, draft_events, draft_of, request_of
from actions.offering import HAND_OVER, below
from actions.saying import said_in, utter
from bot.letter_request.dialogue import LetterForm
from bot.notices import phrases
from bot.registration_form.inviting import invited
from bot.registration_form.offering import place_values


@cache
def letter_form() -> LetterForm:
    """The conversation about the letter, on what sends it."""
    return LetterForm(letters())


class ActionOpenLetter(Action):
    """Greets somebody who comes from their letter; school, head and hub are known from then on."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_open_letter"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters the greeting; returns what the letter tells: never the address it went to, which only a reply tells."""
        told = {entity["entity"]: entity["value"] for entity in tracker.latest_message.get("entities", [])}
        opened = await letter(str(told.get("letter", "")))
        if opened is None or opened.school is None or opened.place is None:
            utter_topic(dispatcher, "chat/welcome")
            return []
        writer, sender = parseaddr(str(told.get("sender", "")))
        draft = await invited(opened.school, opened.name, opened.place, sender, directory(), writer)
        greeting = "letter/opened_by_name" if draft.name else "letter/opened"
        values = place_values(opened.place) | {
            "your_hub": f"the {phrases.hub(opened.place)}",
            "your_school": opened.school.name,
            "your_name": draft.name or "",
        }
        utter_topic(dispatcher, greeting, values)
        return [SlotSet("letter", opened.id), SlotSet("cohort", opened.place.cohort_id), *draft_events(draft)]


class ValidateLetterForm(Action):
    """Takes a message while it is asked where the letter shall go."""

    def name(self) -> str:
        """The name in domain.yml, by which Rasa's form calls it."""
        return "validate_letter_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters the turn; returns what is known now, and no slot to ask for when that is the end."""
        request, said = request_of(tracker), said_in(tracker.latest_message)
        if said.intent == HAND_OVER:  # a button: what was said of the letter so far is kept
            kept = SlotSet("letter_request", request.as_slot())
            return [kept, SlotSet("requested_slot", None), FollowupAction("handover_form")]
        asker = asker_of(tracker, draft_of(tracker))
        begins = tracker.get_slot("requested_slot") is None
        turn = await (letter_form().begin if begins else letter_form().hear)(request, said, asker)
        for topic in turn.topics:
            utter_topic(dispatcher, topic, **below(topic, tracker))
        for say in turn.say:
            utter(dispatcher, say)
        events: list[EventType] = [
            SlotSet("letter_request", turn.request.as_slot()),
            SlotSet("requested_slot", None if turn.end else "letter_email"),
        ]
        return [*events, FollowupAction("register_form")] if turn.register else events
