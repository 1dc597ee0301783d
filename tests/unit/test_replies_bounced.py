"""Reports that a letter could not be delivered: what counts, and what anybody could have made up."""

from collections.abc import AsyncIterator
from email.message import EmailMessage

import pytest

from tests.replying import HEAD, MAILBOX, SUPPRESSION, Desk, a_desk, a_letter, to_letter


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as opened:
        yield opened


def a_report(
    to: str, *, status: str = "5.1.1", action: str = "failed", recipient: str = HEAD, original: str = "x@y"
) -> bytes:
    """A report in the form of RFC 3464."""
    report = EmailMessage()
    report["From"] = "Mail Delivery System <MAILER-DAEMON@mx.school.example>"
    report["To"] = to
    report["Return-Path"] = "<>"
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Message-ID"] = f"<{status}{action}@mx.school.example>"
    report["Auto-Submitted"] = "auto-replied"
    report.set_content("Your message could not be delivered.")
    report.make_mixed()
    raw = report.as_bytes().replace(b"multipart/mixed", b"multipart/report; report-type=delivery-status")
    boundary = report.get_boundary()
    assert boundary
    status_part = (
        f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.school.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
    )
    original_part = f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{original}>\r\n"
    parts = f"--{boundary}\r\n{status_part}\r\n--{boundary}\r\n{original_part}\r\n--{boundary}--\r\n"
    return raw.replace(f"--{boundary}--".encode(), parts.encode())


async def is_suppressed(desk: Desk, email: str = HEAD) -> bool:
    async with desk.database.reading() as session:
        return await SUPPRESSION.holds(session, email)


async def test_an_address_that_does_not_exist_gets_nothing_any_more(desk: Desk) -> None:
    await desk.arrives(a_report(to_letter(await a_letter(desk.database))))
    assert (await desk.letter()).bounced_at is not None
    assert await is_suppressed(desk)
    assert [(row.state, row.verdict) for row in await desk.inbound()] == [("noted", "bounce_permanent")]
    assert await desk.mails("reply") == await desk.mails("handed_over") == []


async def test_a_letter_is_found_by_its_message_id_too(desk: Desk) -> None:
    await a_letter(desk.database)
    await desk.arrives(a_report(MAILBOX, original=f"letter.{'a' * 32}@tqm.example"))
    assert await is_suppressed(desk)


async def test_a_delay_is_only_noted(desk: Desk) -> None:
    await desk.arrives(a_report(to_letter(await a_letter(desk.database)), status="4.4.1", action="delayed"))
    assert (await desk.letter()).bounced_at is None
    assert not await is_suppressed(desk)


async def test_a_full_mailbox_is_a_bounce_and_no_reason_to_stop_for_ever(desk: Desk) -> None:
    await desk.arrives(a_report(to_letter(await a_letter(desk.database)), status="5.2.2"))
    assert (await desk.letter()).bounced_at is not None
    assert not await is_suppressed(desk)


async def test_a_report_about_another_address_or_no_letter_counts_for_nothing(desk: Desk) -> None:
    letter_id = await a_letter(desk.database)
    await desk.arrives(a_report(to_letter(letter_id), recipient="bo@other.example"))
    await desk.arrives(a_report(MAILBOX, status="5.1.2"))
    assert (await desk.letter()).bounced_at is None
    assert not await is_suppressed(desk)
    assert not await is_suppressed(desk, "bo@other.example")
    assert {row.verdict for row in await desk.inbound()} == {"bounce_of_no_letter"}
