"""Mails a second to a real server: the outbox's worker on both databases, and a loop of smtplib that notes nothing."""

import smtplib
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from datetime import time as clock
from typing import Any

from bench import sending
from bench.sending import SENDER, Senders
from bot.notices import NoticeScheme, to_school
from bot.notices.rendering import render
from bot.notices.session_calendar import first_session
from bot.outbox.leasing import Leased
from bot.outbox.mail import Mail
from bot.outbox.mime import Composed, compose
from bot.outbox.queue import enqueue
from bot.outbox.smtp import Smtp
from bot.outbox.smtp_server import SmtpServer
from bot.outbox.worker import Worker
from bot.registrations.registration import Contact, Place, Registration
from bot.store.database import Database


def shown(measured: Mapping[str, Any]) -> str:
    """The figures as a table."""
    note = (
        f"{measured['rounds']} rounds of {measured['mails']} confirmations with HTML and calendar, each side in turn. The loop "
        "has its messages ready and would lose count in a crash; the outbox takes each from the database, makes the message, "
        "sends it and notes that it went."
    )
    return f"{sending.shown(measured, 'mails', 'smtplib')}\n\n{note}"


def _send_plainly(port: int, mails: int) -> float:
    """Seconds that ``mails`` messages take, which are ready before the clock runs."""
    messages = [_composed(number) for number in range(mails)]
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for message in messages:
            server.sendmail(message.sender, [message.recipient], message.content)
    return time.perf_counter() - started


async def _send_outbox(url: str, port: int, mails: int, number: int) -> float:
    """Seconds that the worker takes for ``mails`` mails, which are in the outbox before the clock runs."""
    database = Database(url)
    try:
        async with database.writing() as session:
            for n in range(mails):
                await enqueue(session, _mail(f"{number}:{n}", n), datetime.now(UTC))
            await session.commit()
        transport = Smtp(SmtpServer("127.0.0.1", port, "offered"))
        started = time.perf_counter()
        await Worker(database, transport, SENDER).work_off()
        seconds = time.perf_counter() - started
        await transport.rest()
        return seconds
    finally:
        await database.close()


def _mail(key: str, n: int) -> Mail:
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    scheme = NoticeScheme("Quality Mark", "QM", "office@mark.example", "www.mark.example")
    contact = Contact("p", "Ann Lee", "Headteacher", f"head{n}@school.example", "")
    place = Place(
        "c", "Riverside", "Jo Marsh", "jo@hub.example", False, 2026, 10, 4, date(2027, 1, 14), clock(13), "Mill Centre"
    )  # fmt: skip
    registration = Registration(
        "r", 2026, 1, "Fairview Primary School", "Otley", "LS21 1AA", False, "interested", None, place, (contact,), now, ()
    )  # fmt: skip
    content = to_school.registered(registration, place, contact, "https://assistant.example/r/token")
    rendered = render(content, scheme)
    attached = first_session(place, scheme, "https://assistant.example", now)
    return Mail(
        key, "registered", contact.email, contact.name, place.leader_email, content.subject, rendered.text, rendered.html,
        (attached,) if attached else (),
    )  # fmt: skip


def _composed(n: int) -> Composed:
    mail = _mail(str(n), n)
    attachments = [attachment.to_json() for attachment in mail.attachments]
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    leased = Leased(
        n, mail.kind, mail.recipient, mail.recipient_name, mail.reply_to, mail.subject, mail.text, mail.html, attachments,
        f"registered.{n}", 1, now,
    )  # fmt: skip
    return compose(leased, SENDER)


SENDERS = Senders("smtplib in a loop", "outbox", _send_plainly, _send_outbox)
