"""Mails a second to a real server: the outbox's worker on both databases, and a loop of smtplib that notes nothing."""

import asyncio
import multiprocessing
import smtplib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as clock
from multiprocessing.connection import Connection
from statistics import median
from typing import Any

from bench import databases
from bench.tables import table
from bot.notices import NoticeScheme, to_school
from bot.notices.rendering import render
from bot.notices.session_calendar import first_session
from bot.outbox.leasing import Leased
from bot.outbox.mail import Mail
from bot.outbox.mime import Composed, Sender, compose
from bot.outbox.queue import enqueue
from bot.outbox.smtp import Smtp
from bot.outbox.smtp_server import SmtpServer
from bot.outbox.worker import Worker
from bot.registrations.registration import Contact, Place, Registration
from bot.store.database import Database

_SENDER = Sender("Quality Mark", "assistant@mark.example")
_PLAIN = "smtplib in a loop"


@dataclass(frozen=True)
class Plan:
    """``mails`` in each of ``rounds`` rounds, by each sender in turn."""

    mails: int = 300
    rounds: int = 5

    @property
    def steps(self) -> int:
        return self.rounds * 3


def measure(plan: Plan, on_step: Callable[[], object] = lambda: None) -> dict[str, Any]:
    """Mails a second of each sender, by round."""
    with mail_server() as port:
        by_round = asyncio.run(_rounds(plan, port, on_step))
    return {"mails": plan.mails, "rounds": plan.rounds, "per_second_by_round": by_round}


def shown(measured: Mapping[str, Any]) -> str:
    """The figures as a table."""
    by_round = measured["per_second_by_round"]
    rows = []
    for name, rates in by_round.items():
        ratios = [rate / plain for rate, plain in zip(rates, by_round[_PLAIN], strict=True)]
        each = ", ".join(f"{rate:.0f}" for rate in rates)
        rows.append([name, f"{median(rates):.0f}", f"{median(ratios):.2f}", each])
    note = (
        f"{measured['rounds']} rounds of {measured['mails']} confirmations with HTML and calendar, each side in turn. The loop "
        "has its messages ready and would lose count in a crash; the outbox takes each from the database, makes the message, "
        "sends it and notes that it went."
    )
    return table(["", "mails/s", "÷ smtplib", "by round"], rows) + f"\n\n{note}"


async def _rounds(plan: Plan, port: int, on_step: Callable[[], object]) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {_PLAIN: [], "outbox, SQLite": [], "outbox, PostgreSQL": []}
    async with databases.fresh("sqlite") as sqlite, databases.fresh("postgresql") as postgres:
        for number in range(plan.rounds):
            seconds = await asyncio.to_thread(_send_plainly, port, plan.mails)
            rates[_PLAIN].append(plan.mails / seconds)
            on_step()
            for name, url in (("outbox, SQLite", sqlite), ("outbox, PostgreSQL", postgres)):
                rates[name].append(plan.mails / await _send_outbox(url, port, plan.mails, number))
                on_step()
    return rates


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
        await Worker(database, transport, _SENDER).work_off()
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
    return compose(leased, _SENDER)


@contextmanager
def mail_server() -> Iterator[int]:
    """A real server in a process of its own, which takes everything and keeps nothing; gives its port."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _serve(parent: Connection) -> None:
    from aiosmtpd.handlers import Sink
    from aiosmtpd.smtp import SMTP

    async def forever() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Sink(), loop=loop), "127.0.0.1", 0)
        parent.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())
