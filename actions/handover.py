"""The form that hands a question over to a person: reads its slots, has ``bot`` decide the turn, and utters it."""

from functools import cache
from typing import Any, cast, get_args

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import utter_topic
from actions.directory import people
from actions.known import asker_of, draft_of
from actions.offering import is_staff
from actions.saying import said_in, utter
from bot.handover.dialogue import PERSON, HandoverForm
from bot.handover.request import HandoverRequest
from bot.questions.question import Reason


@cache
def handover_form() -> HandoverForm:
    """The conversation, on the people who answer."""
    return HandoverForm(people())


class ValidateHandoverForm(Action):
    """Takes a message of somebody who wants a person."""

    def name(self) -> str:
        """The name in domain.yml, by which Rasa's form calls it."""
        return "validate_handover_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters the turn; returns what is settled now, and no slot to ask for when that is the end."""
        if is_staff(tracker):
            utter_topic(dispatcher, "desk/no_handover")
            return [SlotSet("handover", None), SlotSet("requested_slot", None)]
        said, asker = said_in(tracker.latest_message), asker_of(tracker, draft_of(tracker))
        if tracker.get_slot("requested_slot") is None:
            turn = await handover_form().begin(_reason(tracker), said, asker)
        else:
            request = HandoverRequest.from_slot(tracker.get_slot("handover"))
            turn = await handover_form().hear(request, said, asker)
        for topic in turn.topics:
            utter_topic(dispatcher, topic)
        for say in turn.say:
            utter(dispatcher, say)
        return [
            SlotSet("handover", None if turn.end else turn.request.as_slot()),
            SlotSet("misses", None),
            SlotSet("offered", None),
            SlotSet("requested_slot", None if turn.end else "handover_answer"),
        ]


def _reason(tracker: Tracker) -> Reason:
    """Why it begins: a button says so; else they asked for a person, or took up an offer."""
    message = tracker.latest_message
    told = [entity["value"] for entity in message.get("entities", []) if entity.get("entity") == "reason"]
    if told and told[0] in get_args(Reason):
        return cast(Reason, told[0])
    asked = PERSON in message.get("understanding", {}).get("topics", []) or message["intent"]["name"] == PERSON
    return "asked_for_person" if asked else "missed"
