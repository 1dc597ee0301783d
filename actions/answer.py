"""Answers questions: which topics a message asks, and the response on each."""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.directory import directory
from bot.answers import Answers, CurrentAnswers
from bot.facts import load_facts
from bot.registration_form.offering import place_values
from bot.settings import Settings

NOTHING_KNOWN = "out_of_scope"
FORMS: Mapping[str, str] = MappingProxyType({"send_letter": "letter_form", "register": "register_form"})
"""What begins a form; asked for together, the letter comes first, and then leads on to registering."""
FIRST_SESSION = "ask/first_session"
VENUE = "open/venue"
OWN_SESSION = "form/first_session"
OF_OWN_HUB = (FIRST_SESSION, VENUE)
"""What the letter leaves open, and a hub of one's own does not."""
NOTHING_TOLD: Mapping[str, str] = MappingProxyType({})


def answers() -> Answers:
    """The responses with their facts, read once: a change shows with the next start, that of an own topic at once."""
    return _current().now()


@cache
def _current() -> CurrentAnswers:
    settings = Settings()
    return CurrentAnswers(load_facts(settings.facts_path), settings.domain_path)


class ActionAnswer(Action):
    """Answers every topic that the last message asks, in its order."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters one response a topic and remembers the last for a follow-up."""
        topics = asked_topics(tracker.latest_message) or [NOTHING_KNOWN]
        form = next((form for topic, form in FORMS.items() if topic in topics), None)
        own, told = await _own_session(topics, tracker.get_slot("cohort"))
        for response in dict.fromkeys(own.get(topic, topic) for topic in topics if topic not in FORMS):
            if response == OWN_SESSION:
                left_open = [topic for topic in own if topic.startswith("open/")]
                utter_topic(dispatcher, response, told, left_open=left_open)
            else:
                utter_topic(dispatcher, response)
        remembered = [topic for topic in topics if topic.startswith(("ask/", "open/"))]
        events: list[EventType] = [SlotSet("offered", None), *(SlotSet("topic", topic) for topic in remembered[-1:])]
        return [*events, FollowupAction(form)] if form else events


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


def utter_topic(
    dispatcher: CollectingDispatcher,
    topic: str,
    told: Mapping[str, str] = NOTHING_TOLD,
    links: Sequence[Mapping[str, str]] = (),
    left_open: Sequence[str] = (),
    **fields: Any,
) -> None:
    """Utters the response on ``topic`` with its facts, links and source.

    ``told``: what the person told, for the response's placeholders; ``links`` and ``fields``: more of the message;
    ``left_open``: topics that it may answer only in part, which are noted beside its own.
    """
    answer = answers().on(topic)
    if answer is None:
        raise KeyError(f"no response for {topic} in domain.yml")
    dispatcher.utter_message(
        response=answer.response,
        links=[*answer.links, *links],
        source=answer.source,
        topics=[topic, *left_open],
        **answer.values,
        **told,
        **fields,
    )


async def _own_session(topics: Sequence[str], cohort_id: str | None) -> tuple[dict[str, str], Mapping[str, str]]:
    """Which topics the session of one's own hub answers, each with that response, and the response's values.

    It is the hub that the school was invited by, or registered with, in this conversation.
    """
    asked = [topic for topic in topics if topic in OF_OWN_HUB]
    place = await directory().place(cohort_id) if asked and cohort_id else None
    if place is None:
        return {}, NOTHING_TOLD
    answered = [topic for topic in asked if topic == FIRST_SESSION or place.session_venue]
    return dict.fromkeys(answered, OWN_SESSION), place_values(place)
