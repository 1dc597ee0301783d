"""The letter in conversation: greets somebody who comes from it."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
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
