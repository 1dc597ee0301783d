"""The message that leaves: its headers, its two forms, its envelope; and that no value can add a header."""

from base64 import b64encode
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.leasing import Leased
from bot.outbox.mail import BadMail
from bot.outbox.mime import Composed, Sender, compose
from bot.outbox.retry import NotSent
from tests.mails import SENDER, a_mail

HEADERS = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version",
    "Content-Type",
]  # fmt: skip
CALENDAR = {"filename": "first-session.ics", "type": "text/calendar", "content": b64encode("Café".encode()).decode()}


def composed(sender: Sender = SENDER, attachments: list[dict[str, Any]] | None = None, **changes: Any) -> Composed:
    mail = a_mail(**changes)
    leased = Leased(
        7, mail.kind, mail.recipient, mail.recipient_name, mail.reply_to, mail.subject, mail.text, mail.html,
        attachments or [], "registered.abc", 1, datetime(2026, 11, 24, 9, tzinfo=UTC),
    )  # fmt: skip
    return compose(leased, sender)


def parsed(message: Composed) -> EmailMessage:
    return message_from_bytes(message.content.replace(b"\r\n", b"\n"), policy=policy.default)


def test_the_headers_say_that_nobody_should_answer_automatically_and_who_a_person_answers() -> None:
    message = parsed(composed())
    assert message.keys() == HEADERS
    assert message["From"] == "Test Quality Mark <assistant@tqm.example>"
    assert message["To"] == "Ann Lee <ann@fairview.example>"
    assert message["Reply-To"] == "leader@hub.example"
    assert message["Message-ID"] == "<registered.abc@tqm.example>"
    assert message["Date"].datetime == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "All")


def test_the_envelope_sender_is_the_one_that_people_see() -> None:
    assert composed().sender == "assistant@tqm.example"


def test_a_mail_is_the_same_bytes_every_time() -> None:
    assert composed(attachments=[CALENDAR]).content == composed(attachments=[CALENDAR]).content


def test_text_comes_before_html_and_both_say_the_same_after_the_way() -> None:
    message = parsed(composed(text="Grüße aus Nörd — £5\n", html="<p>Grüße</p>"))
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None and html is not None
    assert plain.get_content() == "Grüße aus Nörd — £5\n"
    assert html.get_content() == "<p>Grüße</p>\n"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_every_line_passes_every_server() -> None:
    message = composed(html="<p>" + "long " * 2000 + "</p>", subject="Ä" * 180, attachments=[CALENDAR])
    assert message.content.isascii()
    assert max(len(line) for line in message.content.split(b"\r\n")) <= 998  # RFC 5322, 2.1.1
    assert b"\n" not in message.content.replace(b"\r\n", b"")


def test_a_calendar_says_its_method_and_keeps_its_text() -> None:
    [calendar] = parsed(composed(attachments=[CALENDAR])).iter_attachments()
    assert calendar.get_content_type() == "text/calendar"
    assert calendar["Content-Type"].params["method"] == "PUBLISH"
    assert calendar.get_filename() == "first-session.ics"
    assert calendar.get_content() == "Café\r\n"


@pytest.mark.parametrize(
    "value", [f"Ann{end}Bcc: all@x.example" for end in ("\r\n", "\n", "\r", "\x0b", "\x85", "\u2028")]
)
def test_a_line_break_in_a_name_or_subject_adds_no_header(value: str) -> None:
    message = parsed(composed(recipient_name=value, subject=value))
    assert message.keys() == HEADERS
    assert message["To"].addresses[0].addr_spec == "ann@fairview.example"


@given(st.text(max_size=120), st.text(max_size=300))
def test_no_name_and_no_subject_adds_a_header_or_a_recipient(name: str, subject: str) -> None:
    name, subject = (text.encode("utf-8", "ignore").decode() for text in (name, subject))
    message = parsed(composed(recipient_name=name, subject=subject))
    assert message.keys() == HEADERS
    assert [address.addr_spec for address in message["To"].addresses] == ["ann@fairview.example"]


@pytest.mark.parametrize(
    "name", ["O'Neill, Ann", "Ann (Head)", "Zoë Müller", "Ann <x@y.example>", "Łukasz " * 12, "a@b.example"]
)
def test_a_name_arrives_as_it_is(name: str) -> None:
    [to] = message_from_bytes(composed(recipient_name=name).content).get_all("To", [])
    shown, address = parseaddr(str(make_header(decode_header(to))).replace("\n", ""))
    assert (" ".join(shown.split()), address) == (name.strip(), "ann@fairview.example")


@pytest.mark.parametrize(
    "address",
    ["", "ann", "ann@", "@x.example", "a b@x.example", "ann@x.example\r\nBcc: b@x.example", "ann@x.example\n", "a@b@c.example",
     "Ann <ann@x.example>", "ann@x.example, b@x.example", "a" * 250 + "@x.example", "ann@x.exa\x00mple"],
)  # fmt: skip
@pytest.mark.parametrize("header", ["recipient", "reply_to"])
def test_what_is_not_an_address_is_refused_without_repeating_it(address: str, header: str) -> None:
    with pytest.raises(BadMail, match="is not an email address") as refusal:
        a_mail(**{header: address})
    assert not address or address not in str(refusal.value)


def test_a_foreign_domain_goes_over_the_wire_in_ascii_and_a_foreign_name_needs_smtputf8() -> None:
    domain, person = composed(recipient="ann@münchen.example"), composed(recipient="änn@school.example")
    assert (domain.recipient, domain.needs_utf8) == ("ann@xn--mnchen-3ya.example", False)
    assert (person.recipient, person.needs_utf8) == ("änn@school.example", True)
    assert "änn@school.example".encode() in person.content


def test_a_damaged_attachment_is_a_mail_that_cannot_be_sent_not_a_crash() -> None:
    with pytest.raises(NotSent) as problem:
        composed(attachments=[{"filename": "x"}])
    assert problem.value.fault == "never"
