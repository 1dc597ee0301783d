"""The action that sends the letter: slots in, slots and messages out, down to the database; beside and within registering."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import directory as opened_once
from actions.answer import ActionAnswer
from actions.clarify import ActionSettleOffer
from actions.letter import ValidateLetterForm, letter_form
from actions.register import ValidateRegisterForm, form
from bot.hubs import school_year
from bot.letters import reading
from bot.store.database import Database
from tests import mails
from tests.asking import letters
from tests.registering import new_hub
from tests.school_register import import_path, school, write_register
from tests.unit.test_actions import SCHOOL, read, tracker

ADDRESS = "head@fairview.sch.uk"
REGISTERED = {"person_name": "Ann Lee", "role": "Headteacher", "email": ADDRESS, "consent": True}


@pytest.fixture
async def database(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """The database of the actions."""
    monkeypatch.setenv("PSQM_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("PSQM_PUBLIC_URL", "https://tqm.example")
    names = ("database", "directory", "letter_links", "letters", "public_url")
    opened = (*(getattr(opened_once, name) for name in names), letter_form, form)
    for function in opened:
        function.cache_clear()
    yield opened_once.database()
    await opened_once.database().close()
    for function in opened:
        function.cache_clear()


def typed(text: str, *topics: str, intent: str = "send_letter") -> dict[str, Any]:
    return read(*topics, certainty="sure") | {"text": text, "intent": {"name": intent}}


async def run(action: Any, message: dict[str, Any], **slots: Any) -> tuple[list[dict[str, Any]], dict[str, Any], str]:
    """What is uttered, the slots afterwards, and the form that follows."""
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, tracker(message, **slots), {})
    changed = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    return dispatcher.messages, slots | changed, "".join(e["name"] for e in events if e["event"] == "followup")


def heard(messages: list[dict[str, Any]]) -> list[str]:
    return [topic for message in messages for topic in message["topics"]]


async def test_it_asks_for_the_address_keeps_the_question_and_sends_the_letter(database: Database) -> None:
    messages, slots, _ = await run(ValidateLetterForm(), typed("send me the letter", "send_letter"))
    assert heard(messages) == ["letter/begin"]
    assert (messages[0]["expects"], slots["requested_slot"]) == ("email", "letter_email")
    assert messages[0]["links"] == [{"label": "Read the letter here", "href": "https://tqm.example/letter"}]

    messages, slots, _ = await run(ValidateLetterForm(), typed(ADDRESS, intent="out_of_scope"), **slots)
    assert heard(messages) == ["letter/sent"]
    assert (messages[0]["your_email"], slots["requested_slot"]) == (ADDRESS, None)
    (letter,) = await letters(database)
    (mail,) = await mails.rows(database)
    assert (letter.email, mail.letter_id, letter.conversation_id) == (ADDRESS, letter.id, "c")
    (link,) = messages[0]["links"]
    assert link["href"] == opened_once.letter_links().href(letter.id, letter.dated)


async def test_the_address_of_a_registration_is_offered_and_its_name_stands_in_the_letter(database: Database) -> None:
    messages, slots, _ = await run(ValidateLetterForm(), typed("the letter please", "send_letter"), **REGISTERED)
    assert heard(messages) == ["letter/to_known"]
    assert messages[0]["buttons"][0] == {"title": "Yes, send it there", "payload": '/choose{"choice": "letter:yes"}'}
    pressed = {"intent": {"name": "choose"}, "entities": [{"entity": "choice", "value": "letter:yes"}]}
    messages, slots, _ = await run(ValidateLetterForm(), pressed, **slots)
    assert heard(messages) == ["letter/sent"]
    assert [(letter.email, letter.name) for letter in await letters(database)] == [(ADDRESS, "Ann Lee")]


@pytest.mark.parametrize(
    ("slots", "to"),
    [
        (REGISTERED | {"consent": None}, ADDRESS),  # typed, and not registered yet
        (REGISTERED, "stranger@elsewhere.example"),  # registered, and another's address
    ],
)
async def test_a_name_that_was_typed_goes_to_nobody_but_who_registered_with_it(
    database: Database, slots: dict[str, Any], to: str
) -> None:
    await run(ValidateLetterForm(), typed(f"send the letter to {to}", "send_letter"), **slots)
    assert [(letter.email, letter.name) for letter in await letters(database)] == [(to, "")]


async def test_a_registration_that_has_begun_tells_school_and_nearest_hub(
    database: Database, sqlite_url: str, tmp_path: Path
) -> None:
    row = school(100001, "Fairview Primary School", Easting="501000", Northing="200000")
    await import_path(sqlite_url, write_register(tmp_path / "register.csv", row))
    async with database.writing() as session:
        year = school_year(datetime.now(UTC).date())
        await new_hub(session, "Far hub", easting=520_000, year=year)
        near = await new_hub(session, "Near hub", year=year)
        await session.commit()
    await run(ValidateLetterForm(), typed(f"the letter to {ADDRESS}", "send_letter"), school=SCHOOL)
    assert [(letter.urn, letter.cohort_id) for letter in await letters(database)] == [(100001, near)]


async def test_a_school_entered_by_hand_does_not_stand_in_it(database: Database) -> None:
    by_hand = {"name": "Buy Cheap Watches", "town": "Now", "postcode": "ZZ1 1AA", "urn": None}
    await run(ValidateLetterForm(), typed(f"the letter to {ADDRESS}", "send_letter"), school=by_hand)
    assert [letter.school_name for letter in await letters(database)] == [""]


@pytest.mark.parametrize(
    ("topics", "answered", "form"),
    [
        (["send_letter", "ask/cost"], ["ask/cost"], "letter_form"),
        (["ask/cost", "register"], ["ask/cost"], "register_form"),
        (["register", "ask/cost", "send_letter"], ["ask/cost"], "letter_form"),
        (["ask/cost"], ["ask/cost"], ""),
    ],
)
async def test_questions_are_answered_before_a_form_begins(topics: list[str], answered: list[str], form: str) -> None:
    messages, _, following = await run(ActionAnswer(), read(*topics))
    assert (heard(messages), following) == (answered, form)


@pytest.mark.parametrize(("offered", "form"), [("send_letter", "letter_form"), ("register", "register_form")])
async def test_a_yes_to_an_offered_form_begins_it(offered: str, form: str) -> None:
    messages, slots, following = await run(ActionSettleOffer(), {"intent": {"name": "affirm"}}, offered=[offered])
    assert (messages, slots["offered"], following) == ([], None, form)


async def test_the_wish_to_register_leads_from_the_letter_to_the_registration(database: Database) -> None:
    both = typed("send me the letter and put us down", "send_letter", "register", intent="several")
    _, slots, _ = await run(ValidateLetterForm(), both)
    messages, slots, following = await run(ValidateLetterForm(), typed(ADDRESS, intent="out_of_scope"), **slots)
    assert (heard(messages), slots["requested_slot"], following) == (["letter/sent"], None, "register_form")

    messages, slots, _ = await run(ValidateRegisterForm(), typed(ADDRESS, intent="out_of_scope"), **slots)
    assert heard(messages)[0] == "form/begin"


async def test_the_letter_s_address_is_offered_to_the_registration_and_not_taken(database: Database) -> None:
    slots: dict[str, Any] = {
        "letter_request": {"sent_to": "sam@fairview.sch.uk"},
        "school": SCHOOL,
        "person_name": "Ann Lee",
    }
    messages, slots, _ = await run(
        ValidateRegisterForm(), typed("register us", intent="register"), role="Head", **slots
    )
    assert heard(messages) == ["form/begin", "form/ask_contact"]
    assert slots["email"] is None
    (button,) = messages[-1]["buttons"]
    assert button["title"] == "sam@fairview.sch.uk"
    pressed = {"intent": {"name": "choose"}, "entities": [{"entity": "choice", "value": "email:letter"}]}
    _, slots, _ = await run(ValidateRegisterForm(), pressed, **slots)
    assert (slots["email"], slots["requested_slot"]) == ("sam@fairview.sch.uk", "consent")


@pytest.mark.parametrize(
    ("asked", "email", "text", "expected", "sent"),
    [
        ("role", ADDRESS, "send me the letter", ["letter/sent", "form/back", "form/ask_role"], [ADDRESS]),
        ("role", None, "send me the letter", ["letter/here", "form/back", "form/ask_role"], []),
        ("role", None, "the letter to sam@x.sch.uk", ["letter/sent", "form/back", "form/ask_role"], ["sam@x.sch.uk"]),
        ("contact", None, "send me the letter", ["letter/here", "form/back", "form/ask_contact"], []),
    ],
)
async def test_while_registering_the_letter_is_sent_or_shown_and_the_form_goes_on(
    database: Database, asked: str, email: str | None, text: str, expected: list[str], sent: list[str]
) -> None:
    known = {"school": SCHOOL, "person_name": "Ann Lee", "email": email, "form": {"asked": asked}}
    known |= {"requested_slot": "role"} | ({"role": "Head"} if asked == "contact" else {})
    messages, slots, _ = await run(ValidateRegisterForm(), typed(text, "send_letter"), **known)
    assert heard(messages) == expected
    assert [letter.email for letter in await letters(database)] == sent
    assert slots["email"] == email, "where the letter goes is no answer of the registration"
    assert slots.get("role") == known.get("role")


async def test_an_address_asked_for_is_taken_and_gets_the_letter_too(database: Database) -> None:
    known = {"school": SCHOOL, "person_name": "Ann Lee", "role": "Head", "form": {"asked": "contact"}}
    known |= {"requested_slot": "email"}
    messages, slots, _ = await run(
        ValidateRegisterForm(), typed(f"{ADDRESS}, and send me the letter", "send_letter"), **known
    )
    assert heard(messages)[:2] == ["letter/sent", "form/summary"]
    assert slots["email"] == ADDRESS
    (row,) = await letters(database)
    async with database.reading() as session:
        assert (await reading.letter(session, row.id)).name == ""
