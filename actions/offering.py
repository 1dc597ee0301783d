"""Offers to hand a question over to a person, where there is somebody to offer it to."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from bot.questions.question import Reason
from bot.registrations.registration import Place

PATIENCE = 2  # messages in a row that are not understood, after which a person is offered
HAND_OVER = "hand_over"  # the intent of the button
STAFF = "staff"  # the audience of a member's own conversation


def is_staff(tracker: Tracker) -> bool:
    """Whether it is the conversation of somebody whom questions are handed over to."""
    return bool(tracker.get_slot("audience") == STAFF)


def button(reason: Reason, label: str = "Ask a person") -> dict[str, str]:
    """The choice that hands over."""
    return {"title": label, "payload": f'/hand_over{{"reason": "{reason}"}}'}


def buttons_for(topic: str, tracker: Tracker, place: Place | None = None) -> list[dict[str, Any]]:
    """What stands below an answer that a person can do better; by name where ``place`` tells whose hub it is."""
    if is_staff(tracker):
        return []
    if topic == "person":
        return [button("asked_for_person")]
    if topic == "chat/complaint":
        return [button("missed")]
    if not topic.startswith("open/"):
        return []
    is_known = place is not None and not place.is_example
    return [button("left_open", f"Ask {place.leader_name}") if place and is_known else button("left_open")]


def below(topic: str, tracker: Tracker) -> dict[str, Any]:
    """The same while a form waits, as fields of the message: only for somebody who asks for a person."""
    return {"buttons": buttons_for(topic, tracker)} if topic == "person" and not is_staff(tracker) else {}


def missed(tracker: Tracker) -> tuple[bool, list[EventType]]:
    """One more message that was not understood: whether it is time to offer a person, and the slots that say so."""
    count = int(tracker.get_slot("misses") or 0) + 1
    is_time = count >= PATIENCE and not is_staff(tracker)
    return is_time, [SlotSet("misses", count)]


def understood(tracker: Tracker) -> list[EventType]:
    """The slot that says so, where it is news."""
    return [SlotSet("misses", None)] if tracker.get_slot("misses") else []
