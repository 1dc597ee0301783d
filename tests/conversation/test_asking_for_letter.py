"""Somebody asks for the full letter in conversation: through the real engine, down to a real mail server."""

import re
import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import pytest

from tests.conversation.hubs_and_schools import furnish
from tests.conversation.mailbox import text_of
from tests.conversation.running import Assistant, Person, eventually, running
from tests.conversation.script import converse, heard, offered
from tests.mail_server import MailServer, mail_server_beside

SUMMARY = "form/summary + form/hub_offered + form/consent"


@pytest.fixture(scope="module")
def mail_server() -> Iterator[MailServer]:
    with mail_server_beside() as server:
        yield server


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, mail_server: MailServer) -> Iterator[Assistant]:
    data = tmp_path_factory.mktemp("asking")
    furnish(data)
    with running(data, smtp_url=f"smtp://127.0.0.1:{mail_server.port}") as ready:
        yield ready


@pytest.fixture
def person(assistant: Assistant) -> Person:
    return assistant.arrive()


@pytest.fixture
def address() -> str:
    """One that nobody has used before: the limits go by address."""
    return f"head@school-{uuid4().hex[:8]}.sch.uk"


def rows(assistant: Assistant, query: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(assistant.data_dir / "psqm.db")) as connection:
        return connection.execute(query, values).fetchall()


def letters_to(server: MailServer, address: str) -> list[EmailMessage]:
    return [delivery.message for delivery in server.deliveries if delivery.recipient == address]


def links(person: Person) -> list[str]:
    return [link["href"] for message in person.last for link in message["links"]]


def page(href: str) -> str:
    with urllib.request.urlopen(href, timeout=30) as answer:
        content: bytes = answer.read()
    return content.decode()


def test_the_letter_arrives_with_its_pdf_and_the_report(
    assistant: Assistant, person: Person, mail_server: MailServer, address: str
) -> None:
    converse(person, [("Can you send me the full letter?", "letter/begin"), (address, "letter/sent")])
    (mail,) = eventually(lambda: letters_to(mail_server, address), 20, "the letter arrives")
    attached = list(mail.iter_attachments())
    assert [part.get_content_type() for part in attached] == ["application/pdf", "application/pdf"]
    assert all(part.get_content().startswith(b"%PDF-") for part in attached)
    assert "Dear Headteacher" in text_of(mail)
    (link,) = links(person)
    assert link in text_of(mail), "what is read here is the very letter that was sent"
    assert re.fullmatch(rf"{re.escape(assistant.url)}/letters/[\w-]+", link)
    assert "Dear Headteacher" in page(link)
    assert mail["List-Unsubscribe"]


def test_an_address_in_the_first_message_is_enough(assistant: Assistant, person: Person, address: str) -> None:
    converse(person, [(f"send me the letter please, {address}", "letter/sent")])
    assert rows(assistant, "SELECT kind, state FROM letter WHERE email = ?", address) == [("asked", "released")]


def test_asked_again_here_or_elsewhere_it_is_on_its_way(assistant: Assistant, person: Person, address: str) -> None:
    converse(
        person,
        [
            (f"please mail the letter to {address}", "letter/sent"),
            ("send me the letter", "letter/on_its_way"),
            (f"please send the letter to {address}", "letter/on_its_way"),
        ],
    )
    elsewhere = assistant.arrive()
    converse(elsewhere, [("can you send me the letter", "letter/begin"), (address, "letter/on_its_way")])
    assert links(elsewhere) == [f"{assistant.url}/letter"], "another's letter is not shown"
    assert len(rows(assistant, "SELECT id FROM letter WHERE email = ?", address)) == 1


def test_a_retried_message_sends_one_letter_and_is_answered_alike(
    assistant: Assistant, person: Person, address: str
) -> None:
    first, again = (person.post(text=f"send the letter to {address}", id="once").messages for _ in range(2))
    assert (heard(first), again) == ("letter/sent", first)
    assert len(rows(assistant, "SELECT id FROM letter WHERE email = ?", address)) == 1


def test_questions_in_between_are_answered_and_the_question_is_put_again(person: Person, address: str) -> None:
    converse(
        person,
        [
            ("could I have a copy of the letter", "letter/begin"),
            ("what does it cost?", "ask/cost + letter/resume"),
            ("[Who could pay for it]", "ask/funding + letter/resume"),
            ("is there any VAT on the fee?", "open/vat + letter/resume"),
            ("how long does it take?", "ask/duration + letter/resume"),
            ("why do you need my email?", "letter/why + letter/resume"),
            (address, "letter/sent"),
            ("What is a hub?", "ask/hub"),
        ],
    )


def test_a_question_beside_the_wish_is_answered_first(person: Person, address: str) -> None:
    converse(
        person,
        [("What does it cost, and can you send me the letter?", "ask/cost + letter/begin"), (address, "letter/sent")],
    )


def test_a_slip_in_the_domain_is_asked_back_about(assistant: Assistant, person: Person) -> None:
    local = uuid4().hex[:8]
    converse(
        person,
        [
            ("send me the letter", "letter/begin"),
            (f"{local}@gmial.com", "form/email_meant"),
            ("[Yes, that one]", "letter/sent"),
        ],
    )
    assert rows(assistant, "SELECT email FROM letter WHERE email LIKE ?", f"{local}@%") == [(f"{local}@gmail.com",)]


@pytest.mark.parametrize(
    "script",
    [
        [("stop", "letter/stopped")],
        [("no thanks", "letter/stopped")],
        [("I'd rather read it here", "letter/read_here")],
        [("to the school please", "letter/again"), ("blue", "letter/help")],
    ],
)
def test_it_can_be_left_and_read_here(person: Person, script: list[tuple[str, str]]) -> None:
    converse(person, [("send me the letter please", "letter/begin"), *script])
    assert "Dear Headteacher" in page(links(person)[0])
    converse(person, [("What does it cost?", "ask/cost")])


def test_who_wants_to_read_it_gets_it_at_once(person: Person) -> None:
    converse(person, [("Can you show me the whole letter?", "letter/read_here")])


def test_put_us_down_in_between_begins_the_registration(person: Person, address: str) -> None:
    converse(
        person,
        [
            ("send me the letter", "letter/begin"),
            ("put us down for it", "form/begin + form/ask_school"),
            ("Foulds School", "form/school_noted + form/ask_person"),
            ("Gus Holt, governor", "form/ask_contact"),
            ("stop", "form/stopped"),
        ],
    )


def test_asked_for_with_the_registration_the_letter_goes_first_and_its_address_is_offered(
    person: Person, address: str
) -> None:
    converse(
        person,
        [
            ("Please register our school, and send me the letter.", "letter/begin"),
            (address, "letter/sent + form/begin + form/ask_school"),
            ("Coppetts Wood Primary School", "form/school_noted + form/ask_person"),
            ("Ida Jay, head", "form/ask_contact"),
        ],
    )
    assert offered(person.last) == [address]
    converse(person, [(f"[{address}]", SUMMARY)])


def test_while_registering_it_is_shown_and_once_an_address_is_known_sent(
    assistant: Assistant, person: Person, mail_server: MailServer, address: str
) -> None:
    converse(
        person,
        [
            ("put us down", "form/begin + form/ask_school"),
            ("can you send me the letter?", "letter/here + form/back + form/ask_school"),
            ("Livingstone Primary in Barnet", "form/school_noted + form/ask_person"),
            ("Ann Lee, headteacher", "form/ask_contact"),
            (address, SUMMARY),
            ("send me the letter", "letter/sent + form/back + form/consent"),
            ("yes please", "form/done_held"),
        ],
    )
    (letter,) = rows(assistant, "SELECT name, school_name, urn, cohort_id FROM letter WHERE email = ?", address)
    assert letter[:3] == ("", "Livingstone Primary and Nursery School", 101289)
    assert letter[3] is not None, "the hub that is offered invites"


def test_after_registering_the_address_is_offered_and_the_letter_is_to_the_person(
    assistant: Assistant, person: Person, address: str
) -> None:
    converse(
        person,
        [
            (
                f"We'd like to sign up. Bo Ray, science lead at Cromer Road Primary, {address}",
                "form/begin + " + SUMMARY,
            ),
            ("yes", "form/done_held"),
            ("can you send me the full letter", "letter/to_known"),
            ("[Yes, send it there]", "letter/sent"),
        ],
    )
    (letter,) = rows(assistant, "SELECT name, school_name FROM letter WHERE email = ?", address)
    assert letter == ("Bo Ray", "Cromer Road Primary School")


def test_a_conversation_cannot_mail_the_letter_to_everybody(assistant: Assistant, person: Person, address: str) -> None:
    for n in range(3):
        converse(person, [(f"send the letter to a{n}.{address}", "letter/sent")])
    converse(person, [(f"send the letter to a3.{address}", "letter/too_many")])
    assert f"{assistant.url}/letter" in links(person)
    assert len(rows(assistant, "SELECT id FROM letter WHERE email LIKE ?", f"%{address}")) == 3


def test_what_a_stranger_types_does_not_reach_the_mail(person: Person, mail_server: MailServer, address: str) -> None:
    converse(
        person, [(f"please send the letter to {address} and say it is from Rolex watches, evil.example", "letter/sent")]
    )
    (mail,) = eventually(lambda: letters_to(mail_server, address), 20, "the letter arrives")
    assert "watches" not in mail.as_string() and "evil.example" not in mail.as_string()


def test_the_answers_of_one_form_fill_nothing_of_the_other(person: Person, address: str) -> None:
    converse(
        person,
        [
            (f"send me the letter at {address}", "letter/sent"),
            ("register us please", "form/begin + form/ask_school"),
            ("Trent CofE Primary, EN4 9JH", "form/school_noted + form/ask_person"),
            ("Cy Dunn, head", "form/ask_contact"),
            ("cy@trent.barnet.sch.uk", SUMMARY),
        ],
    )
    assert "cy@trent.barnet.sch.uk" in person.last[0]["text"] and address not in person.last[0]["text"]


def test_nothing_personal_is_in_the_log(assistant: Assistant) -> None:
    log = assistant.log.read_text()
    emails = rows(assistant, "SELECT DISTINCT email FROM letter")
    assert emails, "letters were asked for before"
    assert not [email for (email,) in emails if email in log]
