"""The actions: which topics a message asks, and what is uttered on each."""

from datetime import date
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ActionAnswer, asked_topics
from actions.clarify import ActionClarify, ActionSettleOffer
from actions.register import ValidateRegisterForm
from bot.registration_form.dialogue import RegistrationForm
from bot.registrations.registration import Place

SCHOOL = {"name": "Fairview Primary School", "town": "Barford", "postcode": "ZZ1 1AA", "urn": 100001}


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
    assert slots == {"offered": ["ask/cost", "person"], "misses": 1}


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


class Directory:
    """Finds no school, and one hub."""

    async def find_schools(self, _words: str) -> list[Any]:
        return []

    async def place(self, cohort_id: str) -> Place | None:
        venue = "Mill Centre" if cohort_id == "with venue" else ""
        known = (
            cohort_id,
            "Barford hub",
            "Lou Park",
            "lou@x.example",
            False,
            2026,
            10,
            1,
            date(2027, 1, 14),
            None,
            venue,
        )
        return Place(*known) if cohort_id != "gone" else None


@pytest.fixture
def directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actions.answer.directory", Directory)
    monkeypatch.setattr("actions.register.form", lambda: RegistrationForm(Directory(), "I agree."))  # type: ignore[arg-type]


async def test_a_message_that_also_wants_to_register_begins_the_form_after_its_answers() -> None:
    dispatcher = CollectingDispatcher()
    events = await ActionAnswer().run(dispatcher, tracker(read("register", "ask/cost")), {})
    assert [message["topics"] for message in dispatcher.messages] == [["ask/cost"]]
    assert events[-1] == {"event": "followup", "timestamp": None, "name": "register_form"}


@pytest.mark.parametrize(
    ("cohort", "asked", "responses"),
    [
        ("known", ["ask/first_session"], ["form/first_session"]),
        ("gone", ["ask/first_session"], ["ask/first_session"]),
        (None, ["ask/first_session"], ["ask/first_session"]),
        ("known", ["open/venue"], ["open/venue"]),
        ("with venue", ["open/venue"], ["form/first_session open/venue"]),
        (
            "with venue",
            ["ask/first_session", "open/venue", "ask/cost"],
            ["form/first_session open/venue", "ask/cost"],
        ),
    ],
)
async def test_when_and_where_the_first_session_is_is_that_of_the_school_s_own_hub(
    directory: None, cohort: str | None, asked: list[str], responses: list[str]
) -> None:
    messages, _ = await uttered(ActionAnswer(), read(*asked), cohort=cohort)
    assert [" ".join(message["topics"]) for message in messages] == responses


async def test_the_form_begins_with_nothing_known_and_asks_for_the_school(directory: None) -> None:
    messages, slots = await uttered(ValidateRegisterForm(), {"intent": {"name": "register"}, "entities": []})
    assert [message["topics"] for message in messages] == [["form/begin"], ["form/ask_school"]]
    assert messages[-1]["expects"] == "school"
    assert (slots["requested_slot"], slots["school"], slots["consent"]) == ("school", None, None)


async def test_the_form_keeps_what_it_is_told_in_its_slots_and_asks_on(directory: None) -> None:
    message = read(certainty="sure") | {"text": "Ann Lee, headteacher"}
    known = {"requested_slot": "person_name", "school": SCHOOL, "form": {"asked": "person", "misses": 1}}
    messages, slots = await uttered(ValidateRegisterForm(), message, **known)
    assert [message["topics"] for message in messages] == [["form/ask_contact"]]
    assert (slots["person_name"], slots["role"], slots["requested_slot"]) == ("Ann Lee", "Headteacher", "email")
    assert slots["form"]["misses"] == 0


async def test_a_pressed_button_of_the_form_ends_it(directory: None) -> None:
    message = {"intent": {"name": "choose"}, "entities": [{"entity": "choice", "value": "form:stop"}]}
    known = {"requested_slot": "email", "school": SCHOOL, "person_name": "Ann Lee", "form": {"asked": "contact"}}
    messages, slots = await uttered(ValidateRegisterForm(), message, **known)
    assert [message["topics"] for message in messages] == [["form/stopped"]]
    assert (slots["requested_slot"], slots["school"], slots["person_name"]) == (None, None, None)
