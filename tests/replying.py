"""What the tests of replies share: a hub's letter that was sent, mails that answer it, and an assistant on a fake engine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

from aiohttp.test_utils import TestServer
from sqlalchemy import select, update

from bot.bell import Bell
from bot.conversation import Conversations
from bot.letters.links import LetterLinks, ReplyAddresses, Subject
from bot.letters.suppression import Suppression
from bot.metrics import Metrics
from bot.notices.scheme import NoticeScheme
from bot.notices.telling import ByMail
from bot.outbox.mail import Mail
from bot.outbox.queue import enqueue
from bot.questions import reading as questions
from bot.questions.hours import OfficeHours
from bot.questions.mailed import MailedQuestions
from bot.questions.question import Question
from bot.rasa import Engine
from bot.replies.answering.handing_over import Asking
from bot.replies.answering.post import ReplyPost
from bot.replies.answering.replying import Replying
from bot.replies.handling import Handler
from bot.replies.mailbox.receiving import keep
from bot.replies.sorting.ours import Ours
from bot.replies.worker import ReplyWorker
from bot.store.database import Database
from bot.store.tables import InboundRow, LetterRow, MailThreadRow, OutboxRow
from tests.fake_engine import SECRET, FakeEngine
from tests.invited import write_letter
from tests.put_down import make_hub

KEY = "a secret key for tests, long enough"
MAILBOX = "letters@tqm.example"
OFFICE = "office@tqm.example"
HEAD = "ann.lee@fairview.sch.example"
SCHEME = NoticeScheme("Test Quality Mark", "TQM", OFFICE, "www.tqm.example")
ADDRESSES = ReplyAddresses(KEY, MAILBOX)
LINKS = LetterLinks(KEY, "https://psqm.example", 180)
SUPPRESSION = Suppression(KEY)
QUESTIONS = MailedQuestions(SCHEME, OFFICE, "https://psqm.example", addresses=ADDRESSES)
OURS = Ours(frozenset({MAILBOX, OFFICE}), "tqm.example")


@dataclass
class MailingEngine(FakeEngine):
    """Says what ``says`` holds for a text, or for a choice up to its values; else what every fake engine says."""

    says: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def _answer(self, turn: dict[str, Any]) -> list[dict[str, Any]]:
        return self.says.get(turn.get("text") or turn["choice"].partition("{")[0]) or super()._answer(turn)


async def a_letter(database: Database) -> str:
    """A letter to Ann Lee that was sent, from Hal Hubbard of the Testham hub; returns its id."""
    letter_id = await write_letter(database, await make_hub(database), email=HEAD)
    now = datetime.now(UTC)
    async with database.writing() as session:
        await enqueue(
            session,
            Mail(f"letter:{letter_id}", "letter", HEAD, "", MAILBOX, "A letter", "", "", letter_id=letter_id),
            now,
        )
        sent = {"state": "sent", "sent_at": now, "message_id": f"letter.{'a' * 32}"}
        await session.execute(update(OutboxRow).values(**sent))
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
        asking = Asking(QUESTIONS, ByMail(), OfficeHours.parse("09:00-17:00"), 2)
        post = ReplyPost(SCHEME, OFFICE, ADDRESSES, LINKS, asking)
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

    async def makes_due(self) -> None:
        """Whatever waits for another try waits no longer."""
        async with self.database.writing() as session:
            await session.execute(update(InboundRow).values(next_at=datetime.now(UTC)))
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

    async def questions(self) -> list[Question]:
        async with self.database.reading() as session:
            return await questions.listed(session)

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
