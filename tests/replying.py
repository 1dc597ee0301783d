"""What the tests of replies share: a hub's letter that was sent, mails that answer it, and an assistant on a fake engine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

from aiohttp.test_utils import TestServer
from sqlalchemy import insert, select

from bot.bell import Bell
from bot.conversation import Conversations
from bot.letters.links import LetterLinks, ReplyAddresses, Subject
from bot.letters.suppression import Suppression
from bot.metrics import Metrics
from bot.notices.scheme import NoticeScheme
from bot.rasa import Engine
from bot.replies.handling import Handler
from bot.replies.ours import Ours
from bot.replies.post import ReplyPost
from bot.replies.receiving import keep
from bot.replies.replying import Replying
from bot.replies.worker import ReplyWorker
from bot.store.database import Database
from bot.store.tables import InboundRow, LetterRow, MailingRow, MailThreadRow, OutboxRow
from tests.fake_engine import SECRET, FakeEngine
from tests.put_down import make_hub

KEY = "a secret key for tests, long enough"
MAILBOX = "letters@tqm.example"
OFFICE = "office@tqm.example"
HEAD = "ann.lee@fairview.sch.example"
SCHEME = NoticeScheme("Test Quality Mark", "TQM", OFFICE, "www.tqm.example")
ADDRESSES = ReplyAddresses(KEY, MAILBOX)
LINKS = LetterLinks(KEY, "https://psqm.example", 180)
SUPPRESSION = Suppression(KEY)
OURS = Ours(frozenset({MAILBOX, OFFICE}), "tqm.example")


@dataclass
class MailingEngine(FakeEngine):
    """Says what ``says`` holds for a text, each as (text, topics); else what every fake engine says."""

    says: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def _answer(self, turn: dict[str, Any]) -> list[dict[str, Any]]:
        return self.says.get(turn.get("text", "")) or super()._answer(turn)


async def a_letter(database: Database, *, email: str = HEAD, with_hub: bool = True) -> str:
    """A letter to Ann Lee that was sent, from Hal Hubbard of the Testham hub; returns its id."""
    cohort_id = await make_hub(database) if with_hub else None
    now = datetime.now(UTC)
    letter_id, mailing_id = str(uuid4()), str(uuid4())
    async with database.writing() as session:
        if cohort_id:
            mailing = {"id": mailing_id, "cohort_id": cohort_id, "state": "done", "attach": False, "rate": 60}
            await session.execute(insert(MailingRow).values(**mailing, why="", next_release_at=now, created_at=now))
        about = {"id": letter_id, "kind": "area" if cohort_id else "asked", "year": 2026, "cohort_id": cohort_id}
        school = {"school_name": "Fairview Primary School", "school_address": "Hill Road", "school_town": "Testham"}
        whom = {"email": email, "name": "Ann Lee", "urn": None, **school, "school_postcode": "TE1 1ST"}
        sent = {"dated": date(2026, 11, 2), "state": "released", "created_at": now, "released_at": now, "reminders": 0}
        link = {"mailing_id": mailing_id if cohort_id else None, "conversation_id": None}
        await session.execute(insert(LetterRow).values(**about, **whom, **sent, **link))
        mail = {"key": f"letter:{letter_id}", "kind": "letter", "letter_id": letter_id, "recipient": email}
        empty = {"recipient_name": "", "reply_to": MAILBOX, "subject": "A letter", "text": "", "html": ""}
        more = {"attachments": [], "headers": {}, "from_name": "", "bounce_to": "", "message_id": f"letter.{'a' * 32}"}
        state = {"state": "sent", "attempts": 1, "next_at": now, "last_error": "", "created_at": now, "sent_at": now}
        await session.execute(insert(OutboxRow).values(**mail, **empty, **more, **state))
        await session.commit()
    return letter_id


def a_mail(text: str, *, to: str = MAILBOX, sender: str = f"Ann Lee <{HEAD}>", **headers: str) -> bytes:
    """A mail as it arrives; ``headers`` such as ``In_Reply_To``. Each has a Message-ID of its own unless one is given."""
    message = EmailMessage(policy=SMTP)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    usual = {
        "From": sender,
        "To": to,
        "Subject": "Re: A letter",
        "Date": format_datetime(datetime(2026, 11, 24, 9, 30, tzinfo=UTC)),
        "Message-ID": f"<{uuid4().hex}@mail.fairview.sch.example>",
    }
    for name, value in (usual | given).items():
        if value:
            message[name] = value
    message.set_content(text)
    return message.as_bytes()


def to_letter(letter_id: str) -> str:
    """The address for replies to the letter."""
    return ADDRESSES.of(Subject("letter", letter_id))


@dataclass
class Desk:
    """An assistant that answers mail, on a fake engine."""

    database: Database
    engine: MailingEngine
    conversations: Conversations
    most_a_day: int = 8

    def handler(self) -> Handler:
        post = ReplyPost(SCHEME, OFFICE, ADDRESSES, LINKS)
        replying = Replying(self.database, self.conversations, post, self.most_a_day)
        return Handler(self.database, replying, post, OURS, SUPPRESSION)

    def worker(self, **options: Any) -> ReplyWorker:
        return ReplyWorker(self.database, self.handler(), **options)

    async def arrives(self, *mails: bytes, size: int = 0, now: datetime | None = None) -> None:
        """Keeps mails and handles them."""
        await self.is_kept(*mails, size=size, now=now)
        await self.worker().work_off()

    async def is_kept(self, *mails: bytes, size: int = 0, now: datetime | None = None) -> None:
        async with self.database.writing() as session:
            for raw in mails:
                await keep(session, raw, size or len(raw), now or datetime.now(UTC))
            await session.commit()

    async def inbound(self) -> list[InboundRow]:
        async with self.database.reading() as session:
            return list((await session.scalars(select(InboundRow).order_by(InboundRow.id))).all())

    async def threads(self) -> list[MailThreadRow]:
        async with self.database.reading() as session:
            return list((await session.scalars(select(MailThreadRow).order_by(MailThreadRow.created_at))).all())

    async def mails(self, kind: str) -> list[OutboxRow]:
        async with self.database.reading() as session:
            rows = select(OutboxRow).where(OutboxRow.kind == kind).order_by(OutboxRow.id)
            return list((await session.scalars(rows)).all())

    async def letter(self) -> LetterRow:
        async with self.database.reading() as session:
            return (await session.scalars(select(LetterRow))).one()


@asynccontextmanager
async def a_desk(database_url: str) -> AsyncIterator[Desk]:
    """An assistant on an empty database."""
    engine = MailingEngine()
    database = Database(database_url)
    metrics = Metrics()
    async with (
        TestServer(engine.app()) as server,
        Engine(str(server.make_url("")).rstrip("/"), SECRET, 5.0, metrics) as client,
    ):
        yield Desk(database, engine, Conversations(database, client, metrics, Bell(), timedelta(seconds=7)))
        await database.close()
