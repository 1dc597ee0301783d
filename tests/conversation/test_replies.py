"""Heads reply to their letter by mail: through a real IMAP server, the real engine, and a real SMTP server."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from bot.hubs import school_year
from bot.letters.links import ReplyAddresses, Subject
from bot.store.database import Database
from bot.store.tables import CohortRow, HubRow
from tests.conversation.hubs_and_schools import NEAR, furnish
from tests.conversation.mailbox import text_of
from tests.conversation.running import Assistant, eventually, running
from tests.conversation.script import the_facts
from tests.dovecot import USER, Dovecot, dovecot
from tests.invited import add_letter
from tests.mail_server import MailServer, mail_server_beside
from tests.replying import a_mail

SECRET = "a secret key for tests, long enough"
LEADER = "lou.park@leevalley.org.uk"
SCHOOLS = {
    "Cromer Road Primary School": 101276,
    "Moss Hall Junior School": 101294,
    "Coppetts Wood Primary School": 101270,
    "Foulds School": 101279,
    "Trent CofE Primary School": 101328,
}
SECONDS = 30


@dataclass
class Post:
    """The assistant with its mailbox and the server that takes its mail."""

    assistant: Assistant
    imap: Dovecot
    smtp: MailServer

    def reply_address(self, letter_id: str) -> str:
        return ReplyAddresses(SECRET, USER).of(Subject("letter", letter_id))

    def letter(self, school: str, head: str = "Ann Lee") -> str:
        """A letter to the head of a school; returns its id."""
        return asyncio.run(self._write(school, head))

    async def _write(self, school: str, head: str) -> str:
        database = Database(f"sqlite+aiosqlite:///{self.assistant.data_dir}/psqm.db")
        async with database.writing() as session:
            cohort = select(CohortRow.id).join(HubRow, HubRow.id == CohortRow.hub_id).where(HubRow.name == NEAR)
            about = {"urn": SCHOOLS[school], "school_name": school, "school_town": "Barnet", "school_postcode": ""}
            letter = {
                "year": school_year(date.today()),
                "email": f"office.{uuid4().hex}@school.barnet.sch.uk",
                "name": head,
            }
            letter_id = await add_letter(session, (await session.scalars(cohort)).one(), **about, **letter)
            await session.commit()
        await database.close()
        return letter_id

    def writes(self, sender: str, text: str, to: str, **headers: str) -> None:
        """Somebody sends a mail to the mailbox."""
        self.imap.deliver(a_mail(text, to=to, sender=sender, **headers))

    def mail_to(self, address: str, count: int = 1) -> EmailMessage:
        """The ``count``-th mail that ``address`` gets."""

        def theirs() -> list[EmailMessage]:
            return [delivery.message for delivery in self.smtp.deliveries if delivery.recipient == address]

        eventually(lambda: len(theirs()) >= count, SECONDS, f"{count} mails to {address}")
        return theirs()[count - 1]

    def rows(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.assistant.data_dir / "psqm.db")) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    data = tmp_path_factory.mktemp("replies")
    furnish(data)
    with (
        dovecot() as imap,
        mail_server_beside() as smtp,
        running(
            data,
            secret_key=SECRET,
            imap_url=imap.url,
            reply_address=USER,
            smtp_url=f"smtp://127.0.0.1:{smtp.port}",
            mail_from="assistant@tqm.org.uk",
        ) as assistant,
    ):
        yield Post(assistant, imap, smtp)


def test_questions_are_answered_in_the_thread(post: Post) -> None:
    letter_id = post.letter("Cromer Road Primary School")
    ann = "ann.lee@cromerroad.barnet.sch.uk"
    quoted = (
        "\n\nKind regards\nAnn\n\nOn Mon, 2 Nov 2026 at 09:00, Lou Park wrote:\n> Would your school like to join?\n"
    )
    asked = "Dear Lou, what does it cost, and how many of us get training?" + quoted
    message_id = f"<{uuid4().hex}@cromerroad.example>"
    post.writes(f"Ann Lee <{ann}>", asked, post.reply_address(letter_id), Message_ID=message_id)
    answer = post.mail_to(ann)
    text = text_of(answer)
    assert all(the_facts().said(fact) in text for fact in ("fee", "training_people"))
    assert (answer["In-Reply-To"], answer["Subject"], answer["Auto-Submitted"]) == (
        message_id,
        "Re: A letter",
        "auto-replied",
    )
    assert "passed" not in text

    reply_to = str(answer["Reply-To"])
    post.writes(f"Ann Lee <{ann}>", "And is that per year?", reply_to, In_Reply_To=str(answer["Message-ID"]))
    again = post.mail_to(ann, 2)
    assert again["References"].split()[-1] == again["In-Reply-To"]
    assert len(post.rows(f"SELECT id FROM mail_thread WHERE email = '{ann}'")) == 1


def test_a_school_is_registered_by_two_replies(post: Post) -> None:
    letter_id = post.letter("Moss Hall Junior School", "Bea Fox")
    bea = "bea.fox@mosshall.barnet.sch.uk"
    post.writes(f"Bea Fox <{bea}>", "Yes please, put us down for this!", post.reply_address(letter_id))
    summary = post.mail_to(bea)
    text = text_of(summary)
    for told in ("Moss Hall Junior School", bea, NEAR, "Yes, register us"):
        assert told in text, text
    assert post.rows("SELECT id FROM registration WHERE school_name = 'Moss Hall Junior School'") == []

    post.writes(f"Bea Fox <{bea}>", "Yes please\n\nBea", str(summary["Reply-To"]))
    eventually(
        lambda: post.rows("SELECT id FROM registration WHERE school_name = 'Moss Hall Junior School'"),
        SECONDS,
        "registered",
    )
    to_leader = next(
        (
            delivery.message
            for delivery in post.smtp.deliveries
            if delivery.recipient == LEADER and "Moss Hall" in delivery.message["Subject"]
        ),
        None,
    ) or post.mail_to(LEADER)
    assert "Moss Hall" in str(to_leader["Subject"])


def test_a_colleague_of_the_head_registers_under_their_own_name(post: Post) -> None:
    letter_id = post.letter("Trent CofE Primary School", "Gus Holt")
    sian = "sian@trent.barnet.sch.uk"
    post.writes(f"Siân O'Brien <{sian}>", "Please register our school.", post.reply_address(letter_id))
    asks_role = post.mail_to(sian)
    assert "role" in text_of(asks_role) and "Gus Holt" not in text_of(asks_role)
    post.writes(f"Siân O'Brien <{sian}>", "Science lead", str(asks_role["Reply-To"]))
    summary = text_of(post.mail_to(sian, 2))
    assert "Siân O'Brien, Science lead" in summary and sian in summary


def test_what_nobody_told_the_assistant_goes_to_the_leader(post: Post) -> None:
    letter_id = post.letter("Coppetts Wood Primary School")
    cy = "cy.dunn@coppettswood.barnet.sch.uk"
    asked = "Our science lead is on maternity leave until Easter, could her cover do it instead and would Lou ring me?"
    post.writes(f"Cy Dunn <{cy}>", asked, post.reply_address(letter_id))
    assert "passed" in text_of(post.mail_to(cy))
    handed = eventually(
        lambda: [it.message for it in post.smtp.deliveries if it.recipient == LEADER and cy in text_of(it.message)],
        SECONDS,
        "the leader gets it",
    )[0]
    assert "maternity leave" in text_of(handed)
    assert "Coppetts Wood Primary School" in text_of(handed)


def test_who_asks_for_the_full_letter_gets_it_at_once(post: Post) -> None:
    letter_id = post.letter("Foulds School")
    flo = "flo@foulds.barnet.sch.uk"
    post.writes(f"Flo Kerr <{flo}>", "Can you send me the full letter?", post.reply_address(letter_id))
    post.mail_to(flo, 2)
    kinds = post.rows(f"SELECT kind FROM outbox WHERE recipient = '{flo}' ORDER BY kind")
    assert kinds == [("letter_asked",), ("reply",)]


def test_yes_alone_to_a_letter_is_answered_with_the_summary(post: Post) -> None:
    letter_id = post.letter("Foulds School", "Hal Moon")
    hal = "hal.moon@foulds.barnet.sch.uk"
    post.writes(f"Hal Moon <{hal}>", "Yes", post.reply_address(letter_id))
    assert "Yes, register us" in text_of(post.mail_to(hal))


def test_please_stop_stops(post: Post) -> None:
    letter_id = post.letter("Foulds School")
    dee = "dee@foulds.barnet.sch.uk"
    post.writes(f"Dee <{dee}>", "Please take us off your mailing list.", post.reply_address(letter_id))
    assert "no more letters" in text_of(post.mail_to(dee))
    assert post.rows(f"SELECT stopped_at IS NOT NULL FROM letter WHERE id = '{letter_id}'") == [(1,)]


def test_an_out_of_office_note_gets_no_answer(post: Post) -> None:
    letter_id = post.letter("Foulds School")
    eve = "eve@foulds.barnet.sch.uk"
    post.writes(
        f"Eve <{eve}>", "I am out of the office until Monday. What does it cost?", post.reply_address(letter_id),
        Subject="Automatic reply: A letter",
    )  # fmt: skip
    eventually(
        lambda: post.rows(f"SELECT state FROM inbound WHERE sender = '{eve}' AND state <> 'new'"), SECONDS, "handled"
    )
    assert post.rows(f"SELECT state, verdict FROM inbound WHERE sender = '{eve}'") == [("ignored", "out_of_office")]
    assert eve not in post.smtp.recipients


def test_nothing_personal_is_in_the_log(post: Post) -> None:
    log = post.assistant.log.read_text()
    assert '"verdict": "reply"' in log
    for sender in post.rows("SELECT sender FROM inbound"):
        assert sender[0] not in log
    assert "maternity" not in log
