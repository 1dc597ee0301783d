"""The letter in conversation: greets somebody who comes from it, and sends it to somebody who asks for it."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import utter_topic


class ActionOpenLetter(Action):
    """Greets somebody who comes from their letter; school, head and hub are known from then on."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_open_letter"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters the greeting; returns what the letter tells."""
        utter_topic(dispatcher, "chat/welcome")
        return []


class ValidateLetterForm(Action):
    """Takes a message while it is asked where the letter shall go."""

    def name(self) -> str:
        """The name in domain.yml, by which Rasa's form calls it."""
        return "validate_letter_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters the turn; returns what is known now, and no slot to ask for when that is the end."""
        utter_topic(dispatcher, "send_letter")
        return [SlotSet("requested_slot", None)]
