"""The desk in words: greets a member of staff, reads the slots, has ``bot`` decide the turn, and utters it."""

from functools import cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import NOTHING_KNOWN, utter_topic
from actions.directory import desk_form as opened_form
from actions.offering import STAFF, is_staff
from actions.saying import said_in, utter
from bot.desk.words.form import DeskForm, NoMember
from bot.desk.words.request import DeskRequest

_DESK = "desk/"


@cache
def desk_form() -> DeskForm:
    """The conversation, on the service's database."""
    return opened_form()


class ActionOpenDesk(Action):
    """Greets a member of staff; from then on the desk's topics are understood in this conversation."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_open_desk"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters the greeting. Whose conversation it is, and what they may see, is looked up whenever it matters."""
        utter_topic(dispatcher, "desk/welcome")
        return [SlotSet("audience", STAFF)]


class ValidateDeskForm(Action):
    """Takes a message that is for the desk, or an answer to what the desk asked back."""

    def name(self) -> str:
        """The name in domain.yml, by which Rasa's form calls it."""
        return "validate_desk_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters the turn; returns what waits for an answer. Nobody but a member gets anything of the desk's."""
        waits, said = tracker.get_slot("desk"), said_in(tracker.latest_message)
        try:
            if not is_staff(tracker):
                raise NoMember
            if tracker.get_slot("requested_slot") is None or not waits:
                topic = next((topic for topic in said.topics if topic.startswith(_DESK)), f"{_DESK}help")
                turn = await desk_form().begin(tracker.sender_id, topic.removeprefix(_DESK), said)
            else:
                turn = await desk_form().hear(tracker.sender_id, DeskRequest.from_slot(waits), said)
        except NoMember:
            utter_topic(dispatcher, NOTHING_KNOWN)
            return [SlotSet("desk", None), SlotSet("requested_slot", None)]
        for topic in turn.topics:
            utter_topic(dispatcher, topic)
        for say in turn.say:
            utter(dispatcher, say)
        return [
            SlotSet("desk", turn.request.as_slot() if turn.request else None),
            SlotSet("misses", None),
            SlotSet("requested_slot", "desk_answer" if turn.request else None),
        ]
