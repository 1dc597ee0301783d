"""The peer's custom action, run by Rasa's own action server (Python 3.10): the same job as our actions/answer.py."""

import json
from pathlib import Path
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

# By intent: topic, response, values, links, source. Written by bench/stock/project.py beside a copy of this file.
_ANSWERS = json.loads((Path(__file__).parent / "answers.json").read_text(encoding="utf-8"))
_NOTHING_KNOWN = "out_of_scope"


class ActionAnswer(Action):  # type: ignore[misc]
    """Answers the topic that the last message asks."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters the topic's response with its facts, links and source, and remembers the topic."""
        answer = _ANSWERS.get(tracker.latest_message["intent"]["name"], _ANSWERS[_NOTHING_KNOWN])
        dispatcher.utter_message(
            response=answer["response"],
            links=answer["links"],
            source=answer["source"],
            topics=[answer["topic"]],
            **answer["values"],
        )
        events: list[EventType] = [SlotSet("offered", None)]
        if answer["topic"].startswith(("ask/", "open/")):
            events.append(SlotSet("topic", answer["topic"]))
        return events
