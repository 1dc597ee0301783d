"""Answers questions: which topics a message asks, and the response on each."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.answers import Answers
from bot.facts import load_facts
from bot.settings import Settings

NOTHING_KNOWN = "out_of_scope"


@cache
def answers() -> Answers:
    """The responses with their facts, read once: a change shows with the next start."""
    settings = Settings()
    return Answers.load(load_facts(settings.facts_path), settings.domain_path)


class ActionAnswer(Action):
    """Answers every topic that the last message asks, in its order."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters one response a topic and remembers the last for a follow-up."""
        topics = asked_topics(tracker.latest_message) or [NOTHING_KNOWN]
        for topic in topics:
            utter_topic(dispatcher, topic)
        remembered = [topic for topic in topics if topic.startswith(("ask/", "open/"))]
        return [SlotSet("offered", None), *(SlotSet("topic", topic) for topic in remembered[-1:])]


def asked_topics(message: Mapping[str, Any]) -> list[str]:
    """The topics that a message (Rasa's parse of it) asks and that have an answer, in its order.

    A choice names its topic as an entity (``/ask{"topic": "cost"}``); typed words come with an ``understanding``.
    """
    understanding = message.get("understanding")
    if understanding is not None:
        topics = list(understanding["topics"])
    else:
        intent = message.get("intent", {}).get("name") or NOTHING_KNOWN
        named = [entity["value"] for entity in message.get("entities", []) if entity.get("entity") == "topic"]
        topics = [f"{intent}/{topic}" for topic in named] or [intent]
    return [topic for topic in topics if answers().on(topic)]


def utter_topic(dispatcher: CollectingDispatcher, topic: str, **fields: Any) -> None:
    """Utters the response on ``topic`` with its facts, links and source, and any further ``fields`` of the message."""
    answer = answers().on(topic)
    if answer is None:
        raise KeyError(f"no response for {topic} in domain.yml")
    dispatcher.utter_message(
        response=answer.response, links=answer.links, source=answer.source, topics=[topic], **answer.values, **fields
    )
