"""Letters a second to a real server: a mailing on both databases, and a script that fills a template and sends it."""

import asyncio
import smtplib
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

from jinja2 import Environment
from sqlalchemy import select

from bench import sending
from bench.sending import SENDER, Senders
from bot.hubs import add_hub, add_leader
from bot.letters.composing.hrefs import hrefs_of
from bot.letters.composing.hub_letter import HubLetter, set_sender_address
from bot.letters.letter import Letter, LetterSchool
from bot.letters.mailing.mailings import begin
from bot.letters.mailing.planning import Round, plan
from bot.letters.mailing.recipients import Recipient
from bot.letters.mailing.releasing import releasing
from bot.letters.mailing.sending import open_releaser, open_writers
from bot.letters.opening import open_forms, open_letter_links, open_suppression
from bot.notices.opening import open_scheme
from bot.outbox.smtp import Smtp
from bot.outbox.smtp_server import SmtpServer
from bot.outbox.worker import Worker, working
from bot.settings import Settings
from bot.store.database import Database
from bot.store.tables import CohortRow

_TODAY = date(2026, 11, 24)
_RATE = 100_000  # a minute: as fast as it goes


def shown(measured: Mapping[str, Any]) -> str:
    """The figures as a table."""
    note = (
        f"{measured['rounds']} rounds of {measured['mails']} letters as HTML and text, each side in turn. The script fills the "
        "same HTML and text by Jinja2, one letter after the other, and remembers nothing. The mailing lets each letter go, reads "
        "it, writes it, sends it and notes that it went, so that it can be killed at any moment."
    )
    return f"{sending.shown(measured, 'letters', 'script')}\n\n{note}"


def _run_script(port: int, letters: int) -> float:
    """Seconds that a plain script takes, which has its templates ready."""
    settings = _settings()
    links = open_letter_links(settings)
    letter = Letter(
        str(uuid4()), "area", 2026, "{{ email }}", "NAME", LetterSchool("SCHOOL", ("1 High Street",), "Otley", "LS21 1AA"),
        _TODAY, None, None, (), None,
    )  # fmt: skip
    mail = open_forms(settings).mail(letter, HubLetter((), "", None, ""), hrefs_of(letter, links))
    environment = Environment(autoescape=True)
    html, text = (
        environment.from_string(body.replace("NAME", "{{ name }}").replace("SCHOOL", "{{ school }}"))
        for body in (mail.html, mail.text)
    )
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for n in range(letters):
            values = {"name": f"Ann Lee {n}", "school": f"Fairview Primary School {n}"}
            message = EmailMessage()
            message["From"], message["To"], message["Subject"] = SENDER.email, f"head{n}@school.example", mail.subject
            message.set_content(text.render(values))
            message.add_alternative(html.render(values), subtype="html")
            server.send_message(message)
    return time.perf_counter() - started


async def _send_mailing(url: str, port: int, letters: int, number: int) -> float:
    """Seconds from the beginning of a mailing, which is planned by then, until every letter is noted as sent."""
    settings, database = _settings(), Database(url)
    scheme = open_scheme(settings)
    try:
        await _begin(database, settings, letters, number)
        transport = Smtp(SmtpServer("127.0.0.1", port, "offered"))
        tally, done = Counter[str](), asyncio.Event()

        def count(state: str) -> None:
            tally[state] += 1
            if tally["sent"] == letters:
                done.set()

        worker = Worker(database, transport, SENDER, writers=open_writers(settings, scheme), count=count)
        started = time.perf_counter()
        async with working(worker), releasing(open_releaser(settings, database, scheme)):
            await done.wait()
            return time.perf_counter() - started
    finally:
        await database.close()


async def _begin(database: Database, settings: Settings, letters: int, number: int) -> None:
    now = datetime.now(UTC)
    async with database.writing() as session:
        await add_leader(session, "Jo Marsh", "jo@hub.example")
        hub_id = await add_hub(
            session, name=f"Riverside {number}", leader_email="jo@hub.example", postcode="", easting=500_000,
            northing=200_000, year=2026, capacity=10, session_on=date(2027, 1, 14), now=now,
        )  # fmt: skip
        await set_sender_address(session, hub_id, ("Mill Centre", "Otley"), now)
        cohort_id = (await session.scalars(select(CohortRow.id).where(CohortRow.hub_id == hub_id))).one()
        people = [
            Recipient(
                n, f"head{n}@school{number}.example", f"Ann Lee {n}", None,
                LetterSchool(f"Fairview Primary School {n}", ("1 High Street",), "Otley", "LS21 1AA"),
            )
            for n in range(letters)
        ]  # fmt: skip
        asked = Round(cohort_id, _TODAY, reaches_people=True)
        planned = await plan(session, asked, people, open_forms(settings), open_suppression(settings))
        await begin(session, planned, rate=_RATE, attach=False, dated=_TODAY, now=now)
        await session.commit()


def _settings() -> Settings:
    return Settings(
        public_url="https://assistant.example",
        secret_key="a key for measuring, long enough to be one",
        reply_address="letters@mark.example",
        letter_hours="00:00-24:00 daily",
    )


SENDERS = Senders("script: Jinja2, smtplib", "mailing", _run_script, _send_mailing)
