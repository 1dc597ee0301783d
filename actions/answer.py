"""Answers questions: which topics a message asks, and the response on each."""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.directory import directory, people
from actions.offering import button, buttons_for, missed, understood
from bot.answers import Answers
from bot.facts import load_facts
from bot.registration_form.offering import place_values
from bot.registrations.registration import Place
from bot.settings import Settings

NOTHING_KNOWN = "out_of_scope"
FORMS: Mapping[str, str] = MappingProxyType(
    {"send_letter": "letter_form", "register": "register_form", "person": "handover_form"}
)
"""What begins a form; asked for together, the letter comes first, and then leads on to registering."""
PERSON = "person"
FIRST_SESSION = "ask/first_session"
VENUE = "open/venue"
OWN_SESSION = "form/first_session"
OF_OWN_HUB = (FIRST_SESSION, VENUE)
"""What the letter leaves open, and a hub of one's own does not."""
NOTHING_TOLD: Mapping[str, str] = MappingProxyType({})


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
        form = next((form for topic, form in FORMS.items() if topic in topics), None)
        if form == FORMS[PERSON] and not await people().may_hand_over(tracker.sender_id):
            form = None
        place = await _place(topics, tracker.get_slot("cohort"))
        own, told = _own_session(topics, place)
        begins = [topic for topic in topics if topic in FORMS and not (topic == PERSON and form != FORMS[PERSON])]
        for response in dict.fromkeys(own.get(topic, topic) for topic in topics if topic not in begins):
            if response == OWN_SESSION:
                left_open = [topic for topic in own if topic.startswith("open/")]
                utter_topic(dispatcher, response, told, left_open=left_open)
            else:
                buttons = buttons_for(response, tracker, place)
                more: dict[str, Any] = {"buttons": buttons} if buttons else {}
                utter_topic(dispatcher, response, **more)
        if topics == [NOTHING_KNOWN]:
            return offer_person(dispatcher, tracker)
        remembered = [topic for topic in topics if topic.startswith(("ask/", "open/"))]
        events: list[EventType] = [SlotSet("offered", None), *understood(tracker)]
        events += [SlotSet("topic", topic) for topic in remembered[-1:]]
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


def offer_person(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """After one more message that was not understood: offers a person where it is time for that; a yes takes it up."""
    is_time, events = missed(tracker)
    if is_time:
        utter_topic(dispatcher, "handover/offer", buttons=[button("missed")])
    return [SlotSet("offered", [PERSON] if is_time else None), *events]


async def _place(topics: Sequence[str], cohort_id: str | None) -> Place | None:
    """The hub that the school was invited by, or registered with, in this conversation, where an answer needs it."""
    is_needed = any(topic in OF_OWN_HUB or topic.startswith("open/") for topic in topics)
    return await directory().place(cohort_id) if is_needed and cohort_id else None


def _own_session(topics: Sequence[str], place: Place | None) -> tuple[dict[str, str], Mapping[str, str]]:
    """Which topics the session of one's own hub answers, each with that response, and the response's values."""
    asked = [topic for topic in topics if topic in OF_OWN_HUB]
    if place is None or not asked:
        return {}, NOTHING_TOLD
    answered = [topic for topic in asked if topic == FIRST_SESSION or place.session_venue]
    return dict.fromkeys(answered, OWN_SESSION), place_values(place)
