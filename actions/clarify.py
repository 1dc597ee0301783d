"""Asks which topic was meant, and settles what was offered."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import FORMS, NOTHING_KNOWN, PERSON, offer_person, utter_topic
from actions.offering import button, missed


class ActionClarify(Action):
    """Offers the likeliest topics as choices when a message is not clear."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_clarify"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters the question with a choice a topic, and remembers what it offered."""
        offered = tracker.latest_message.get("understanding", {}).get("alternatives", [])
        if not offered:
            utter_topic(dispatcher, NOTHING_KNOWN)
            return offer_person(dispatcher, tracker)
        is_time, events = missed(tracker)
        choices = [_choice(entry["topic"], entry["label"]) for entry in offered]
        utter_topic(dispatcher, "unsure", buttons=[*choices, *([button("missed")] if is_time else [])])
        return [SlotSet("offered", [entry["topic"] for entry in offered]), *events]


class ActionSettleOffer(Action):
    """Takes up what was offered after a yes, leaves it after a no."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_settle_offer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters the only topic offered after a yes; with none or several of them asks what is wanted."""
        offered = tracker.get_slot("offered") or []
        accepted = tracker.latest_message["intent"]["name"] == "affirm"
        if not accepted and offered == [PERSON]:
            utter_topic(dispatcher, "handover/stopped")
        elif not accepted:
            utter_topic(dispatcher, "offer_declined")
            return offer_person(dispatcher, tracker) if offered else [SlotSet("offered", None)]
        elif len(offered) == 1 and offered[0] in FORMS:
            return [SlotSet("offered", None), FollowupAction(FORMS[offered[0]])]
        elif len(offered) == 1:
            utter_topic(dispatcher, offered[0])
            return [SlotSet("offered", None), SlotSet("topic", offered[0])]
        else:
            utter_topic(dispatcher, "nothing_offered")
        return [SlotSet("offered", None)]


def _choice(topic: str, label: str) -> dict[str, str]:
    intent, _, name = topic.partition("/")
    payload = f'/{intent}{{"topic": "{name}"}}' if name else f"/{intent}"
    return {"title": label, "payload": payload}
