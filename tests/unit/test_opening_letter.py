"""The greeting of somebody who comes from their letter, and what is known from then on."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import directory as opened_once
from actions.answer import ActionAnswer
from actions.letter import ActionOpenLetter
from actions.register import ValidateRegisterForm, form
from bot.hubs import school_year
from bot.store.database import Database
from tests.invited import EMAIL, write_letter
from tests.put_down import make_hub
from tests.school_register import import_path, school, write_register

UNKNOWN = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
async def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """The database that the actions read."""
    monkeypatch.setenv("PSQM_DATABASE_URL", database_url)
    cached = (opened_once.database, opened_once.directory, form)
    for function in cached:
        function.cache_clear()
    yield opened_once.database()
    await opened_once.database().close()
    for function in cached:
        function.cache_clear()


async def told(action: Any, message: dict[str, Any], **slots: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What is uttered, and the slots afterwards."""
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, Tracker("c", slots, message, [], False, None, {}, "action_listen"), {})
    return dispatcher.messages, slots | {event["name"]: event["value"] for event in events}


async def opens(letter_id: str, **entities: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    found = [{"entity": name, "value": value} for name, value in {"letter": letter_id, **entities}.items()]
    return await told(ActionOpenLetter(), {"intent": {"name": "open_letter"}, "entities": found})


def typed(text: str, intent: str) -> dict[str, Any]:
    return {"text": text, "intent": {"name": intent}, "understanding": {"topics": [], "certainty": "sure"}}


async def test_the_head_is_greeted_by_name_and_is_asked_for_nothing_but_the_email(database: Database) -> None:
    cohort = await make_hub(database, year=school_year(date.today()))
    letter_id = await write_letter(database, cohort)
    [greeting], slots = await opens(letter_id)
    assert greeting["response"] == "utter_letter/opened_by_name"
    assert {name: greeting[name] for name in ("your_name", "your_leader", "your_school", "your_hub")} == {
        "your_name": "Ann Lee",
        "your_leader": "Hal Hubbard",
        "your_school": "Fairview Primary School",
        "your_hub": "the Testham hub",
    }
    assert (slots["letter"], slots["cohort"], slots["email"]) == (letter_id, cohort, None)

    messages, slots = await told(ValidateRegisterForm(), typed("put us down", "register"), **slots)
    assert [message["topics"][0] for message in messages] == ["form/begin", "form/school_noted", "form/ask_contact"]
    messages, slots = await told(ValidateRegisterForm(), typed("ann@fairview.example", ""), **slots)
    assert [message["topics"][0] for message in messages] == ["form/summary", "form/hub_offered", "form/consent"]
    assert messages[0]["your_school"] == "Fairview Primary School, Testham, TE1 1ST"
    assert (messages[0]["your_name"], messages[0]["your_role"]) == ("Ann Lee", "Headteacher")
    assert messages[1]["your_hub"] == "Testham hub"
    messages, _ = await told(ValidateRegisterForm(), typed("yes", "affirm"), **slots)
    assert [message["topics"][0] for message in messages] == ["form/done_held"]


async def test_a_reply_by_mail_tells_the_address_that_a_link_does_not(database: Database) -> None:
    letter_id = await write_letter(database, await make_hub(database))
    messages, slots = await opens(letter_id)
    assert EMAIL not in f"{messages} {slots}"
    _, slots = await opens(letter_id, sender="Ann@Fairview.example")
    assert slots["email"] == "ann@fairview.example"
    _, slots = await opens(letter_id, sender="not an address")
    assert slots["email"] is None


async def test_where_the_letter_names_nobody_the_form_asks_who_it_is(database: Database) -> None:
    letter_id = await write_letter(database, await make_hub(database), name="")
    [greeting], slots = await opens(letter_id)
    assert greeting["response"] == "utter_letter/opened"
    assert (slots["person_name"], slots["role"]) == (None, None)
    messages, _ = await told(ValidateRegisterForm(), typed("put us down", "register"), **slots)
    assert messages[-1]["topics"] == ["form/ask_person"]


async def test_a_letter_that_tells_too_little_or_is_gone_gets_the_usual_welcome(database: Database) -> None:
    without_hub = await write_letter(database, None)
    without_school = await write_letter(database, await make_hub(database), school_name="")
    for letter_id in (without_hub, without_school, UNKNOWN, "", "x' OR 1=1"):
        [greeting], slots = await opens(letter_id)
        assert greeting["response"] == "utter_chat/welcome"
        assert slots == {}


async def test_the_hub_is_offered_however_far_it_is(database: Database, database_url: str, tmp_path: Path) -> None:
    far = school(100001, "Fairview Primary School", Easting="100000", Northing="20000")
    await import_path(database_url, write_register(tmp_path / "register.csv", far))
    letter_id = await write_letter(database, await make_hub(database, year=school_year(date.today())), urn=100001)
    _, slots = await opens(letter_id)
    _, slots = await told(ValidateRegisterForm(), typed("put us down", "register"), **slots)
    messages, _ = await told(ValidateRegisterForm(), typed("ann@fairview.sch.uk", ""), **slots)
    assert [message["topics"][0] for message in messages] == ["form/summary", "form/hub_offered", "form/consent"]
    assert messages[1]["your_distance"] == "about 273 miles from your school"


async def test_the_first_session_is_that_of_the_letter_s_hub(database: Database) -> None:
    letter_id = await write_letter(database, await make_hub(database, session_on=date(2027, 1, 14)))
    _, slots = await opens(letter_id)
    [answer], _ = await told(ActionAnswer(), {"understanding": {"topics": ["ask/first_session"]}}, **slots)
    assert answer["topics"] == ["form/first_session"]
    assert answer["your_session"] == "Thursday 14 January 2027, 1.30 pm, Oak Library"


async def test_a_school_that_the_register_does_not_have_is_registered_by_its_name(database: Database) -> None:
    letter_id = await write_letter(database, await make_hub(database), urn=123456)
    _, slots = await opens(letter_id)
    assert slots["school"]["urn"] is None
