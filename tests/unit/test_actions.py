"""The actions: which topics a message asks, and what is uttered on each."""

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ActionAnswer, asked_topics
from actions.clarify import ActionClarify, ActionSettleOffer


def tracker(message: dict[str, Any], **slots: Any) -> Tracker:
    message.setdefault("intent", {"name": "ask"})
    return Tracker("c", slots, message, [], False, None, {}, "action_listen")


def read(*topics: str, **more: Any) -> dict[str, Any]:
    return {"understanding": {"topics": list(topics), **more}}


async def uttered(action: Any, message: dict[str, Any], **slots: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, tracker(message, **slots), {})
    return dispatcher.messages, {event["name"]: event["value"] for event in events}


@pytest.mark.parametrize(
    ("message", "topics"),
    [
        (read("ask/cost", "open/vat"), ["ask/cost", "open/vat"]),
        (read("ask/no_such_topic"), []),
        (read(), []),
        ({"intent": {"name": "ask"}, "entities": [{"entity": "topic", "value": "cost"}]}, ["ask/cost"]),
        ({"intent": {"name": "ask"}, "entities": [{"entity": "topic", "value": "nothing"}]}, []),
        ({"intent": {"name": "register"}, "entities": []}, ["register"]),
    ],
)
def test_topics_come_from_the_understanding_or_from_a_choice(message: dict[str, Any], topics: list[str]) -> None:
    assert asked_topics(message) == topics


async def test_every_topic_is_answered_once_in_order_and_the_last_is_remembered() -> None:
    messages, slots = await uttered(ActionAnswer(), read("ask/cost", "open/vat", "chat/thanks"))
    assert [message["topics"] for message in messages] == [["ask/cost"], ["open/vat"], ["chat/thanks"]]
    assert messages[0]["response"] == "utter_ask/cost"
    assert messages[0]["fee"].startswith("£")
    assert messages[0]["source"]["title"]
    assert slots == {"offered": None, "topic": "open/vat"}


async def test_what_is_not_understood_is_said_and_forgets_no_topic() -> None:
    messages, slots = await uttered(ActionAnswer(), read())
    assert [message["response"] for message in messages] == ["utter_out_of_scope"]
    assert "topic" not in slots


async def test_an_unclear_message_gets_a_choice_a_topic() -> None:
    alternatives = [{"topic": "ask/cost", "label": "What it costs"}, {"topic": "person", "label": "A person"}]
    (message,), slots = await uttered(ActionClarify(), read(alternatives=alternatives))
    assert message["response"] == "utter_unsure"
    assert message["buttons"] == [
        {"title": "What it costs", "payload": '/ask{"topic": "cost"}'},
        {"title": "A person", "payload": "/person"},
    ]
    assert slots == {"offered": ["ask/cost", "person"]}


async def test_with_nothing_to_offer_it_says_that_it_did_not_understand() -> None:
    (message,), _ = await uttered(ActionClarify(), read(alternatives=[]))
    assert message["response"] == "utter_out_of_scope"


@pytest.mark.parametrize(
    ("intent", "offered", "response", "topic"),
    [
        ("affirm", ["ask/cost"], "utter_ask/cost", "ask/cost"),
        ("affirm", ["ask/cost", "ask/hub"], "utter_nothing_offered", None),
        ("affirm", None, "utter_nothing_offered", None),
        ("deny", ["ask/cost"], "utter_offer_declined", None),
    ],
)
async def test_a_yes_or_no_settles_what_was_offered(
    intent: str, offered: Any, response: str, topic: str | None
) -> None:
    messages, slots = await uttered(ActionSettleOffer(), {"intent": {"name": intent}}, offered=offered)
    assert [message["response"] for message in messages] == [response]
    assert slots.get("topic") == topic
    assert slots["offered"] is None
