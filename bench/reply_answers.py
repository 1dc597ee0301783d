"""The mails of the corpus, answered by the assistant with its real engine as it answers those of its mailbox."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bench.evaluation import COURTESIES, Covers
from bench.reply_corpus import OURS, Expected, corpus
from bench.reply_judging import RIGHT, Became, Outcome, is_needless, judge, missing, spare
from bot import hubs
from bot.bell import Bell
from bot.conversation import Conversations
from bot.facts import load_facts
from bot.hubs.finding import nearest
from bot.letters.links import ReplyAddresses, Subject
from bot.letters.opening import open_reply_addresses
from bot.metrics import Metrics
from bot.notices.scheme import NoticeScheme
from bot.rasa import Engine
from bot.replies.answering.subjects import ANSWER_KEY
from bot.replies.mailbox.receiving import keep
from bot.replies.opening import open_handler
from bot.replies.worker import ReplyWorker
from bot.settings import Settings
from bot.store.database import Database
from bot.store.tables import InboundRow, LetterRow, MailThreadRow, OutboxRow

_LEADER = "ruth.calder@hub.example"
_SECONDS_A_TURN = 30.0


@dataclass(frozen=True)
class Answers:
    """What became of each mail, in the same order."""

    mails: Sequence[Expected]
    became: Sequence[Became]

    def figures(self, covers: Covers) -> dict[str, Any]:
        """Counts of mails by how they are judged, and of questions that the letter answers."""
        pairs = list(zip(self.mails, self.became, strict=True))
        judged = [judge(expected, became, covers) for expected, became in pairs]
        asked = [(it, became, topic) for it, became in pairs for topic in it.asks if topic not in COURTESIES]
        facts = [(it, became, topic) for it, became, topic in asked if topic.startswith("ask/")]
        unanswered = [topic for it, became, topic in facts if topic in missing(it, became, covers)]
        return {
            "mails": len(pairs),
            "by_outcome": {outcome.value: judged.count(outcome) for outcome in Outcome},
            "right": sum(outcome in RIGHT for outcome in judged),
            "handed_over": sum(became.handed_over for became in self.became),
            "needless": sum(is_needless(*pair) for pair in pairs),
            "facts_asked": len(facts),
            "facts_answered": len(facts) - len(unanswered),
            "spare": sum(bool(spare(*pair, covers)) for pair in pairs),
            "wrong": [
                f"{it.name}: {outcome}" for (it, _), outcome in zip(pairs, judged, strict=True) if outcome not in RIGHT
            ],
        }


def mails(every: int = 1) -> list[Expected]:
    """Each mail of a person that is to be answered, or every third and so on."""
    return [expected for expected in corpus() if expected.kind == "reply"][::every]


async def answer(
    environment: Mapping[str, str], mails: Sequence[Expected], on_answer: Callable[[], object] = lambda: None
) -> Answers:
    """Lets ``mails`` arrive at the assistant that runs with this ``environment``, each in answer to a letter of its own."""
    settings = _settings(environment)
    facts = load_facts(settings.facts_path)
    scheme = NoticeScheme(facts.scheme_name, facts.short_name, facts.scheme_email, facts.scheme_website)
    database, metrics = Database(settings.database_url), Metrics()
    addresses = open_reply_addresses(settings)
    assert addresses is not None
    async with Engine(settings.engine_url, settings.engine_secret, _SECONDS_A_TURN, metrics) as engine:
        lease = timedelta(seconds=_SECONDS_A_TURN + 2)
        conversations = Conversations(database, engine, metrics, Bell(), lease)
        handler = open_handler(settings, database, conversations, scheme)
        worker = ReplyWorker(database, handler, count=lambda _state, _verdict: on_answer())
        letters = await _send_letters(database, mails)
        await _let_arrive(database, mails, letters, addresses)
        await worker.work_off()
        became = [await _became(database, conversations, letter_id) for letter_id in letters]
    await database.close()
    return Answers(mails, became)


def _settings(environment: Mapping[str, str]) -> Settings:
    """Those of the running assistant, and a mailbox, from which it does not read by itself."""
    return Settings(
        data_dir=Path(environment["PSQM_DATA_DIR"]),
        engine_port=int(environment["PSQM_ENGINE_PORT"]),
        reply_address=min(OURS.addresses),
        replies_a_day=1000,
    )


async def _send_letters(database: Database, mails: Sequence[Expected]) -> list[str]:
    """A hub, and a letter of it to the sender of each mail; returns their ids."""
    now = datetime.now(UTC)
    year = hubs.school_year(now.date())
    async with database.writing() as session:
        await hubs.add_leader(session, "Ruth Calder", _LEADER)
        await hubs.add_hub(
            session,
            name="Testham hub",
            leader_email=_LEADER,
            postcode="TE1 9ZZ",
            easting=500_000,
            northing=200_000,
            year=year,
            capacity=1000,
            session_on=now.date() + timedelta(days=60),
            session_at=time(13, 30),
            session_venue="Oak Library",
            now=now,
        )
        cohort_id = (await nearest(session, None, None, year, 40))[0].place.cohort_id
        letters = [await _send_letter(session, it, number, cohort_id, year) for number, it in enumerate(mails)]
        await session.commit()
    return letters


async def _send_letter(session: AsyncSession, expected: Expected, number: int, cohort_id: str, year: int) -> str:
    arrived, letter_id, now = expected.arrived, str(uuid4()), datetime.now(UTC)
    row = LetterRow(
        id=letter_id, kind="asked", year=year, cohort_id=cohort_id, email=arrived.sender or "head@fairview.example",
        name=arrived.sender_name[:100], urn=None, school_name=f"Fairview {number} Primary School",
        school_address="Fairview Lane", school_town="Testham", school_postcode="TE1 1ST", dated=now.date(),
        state="released", created_at=now, reminders=0,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return letter_id


async def _let_arrive(
    database: Database, mails: Sequence[Expected], letters: Sequence[str], addresses: ReplyAddresses
) -> None:
    async with database.writing() as session:
        for expected, letter_id in zip(mails, letters, strict=True):
            to = addresses.of(Subject("letter", letter_id))
            raw = f"Delivered-To: {to}\r\n".encode() + expected.path.read_bytes()
            await keep(session, raw, len(raw), datetime.now(UTC))
        await session.commit()


async def _became(database: Database, conversations: Conversations, letter_id: str) -> Became:
    async with database.reading() as session:
        inbound = (await session.scalars(select(InboundRow).where(InboundRow.letter_id == letter_id))).one()
        thread = await session.scalar(
            select(MailThreadRow.conversation_id).where(MailThreadRow.id == inbound.thread_id)
        )
        mail = await session.scalar(select(OutboxRow.text).where(OutboxRow.key == f"{ANSWER_KEY}{inbound.id}"))
    said = await conversations.history(thread) if thread else []
    text = _words(mail or "")
    answered = [message for message in said if message.sender == "assistant" and _words(message.text) in text]
    topics = tuple(topic for message in answered for topic in message.topics)
    return Became(inbound.state, topics, mail is not None)


def _words(text: str) -> str:
    """``text`` but for how its lines are broken."""
    return " ".join(text.split())
