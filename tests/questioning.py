"""What the tests of questions share: two hubs and the office, a conversation, and a question from it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from bot.desk import conversations, questions
from bot.desk.conversations import ConversationShown
from bot.desk.done import Done
from bot.hubs import add_hub, add_leader
from bot.notices.scheme import NoticeScheme
from bot.questions import reading
from bot.questions.asking import ask
from bot.questions.hours import OfficeHours
from bot.questions.mailed import MailedQuestions
from bot.questions.notices import QuestionNotices
from bot.questions.question import Handover, Question
from bot.staff.finding import member_by_email
from bot.staff.member import Doing, Door, Member
from bot.staff.officers import add_officer
from bot.store.database import Database
from bot.store.message import Message
from bot.store.tables import OutboxRow
from bot.store.transcript import Transcript

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
"""A Tuesday."""
HOURS = OfficeHours.parse("09:00-17:00")
ANN = "ann@fairview.example"
OFFICE = "office@tqm.example"
SCHEME = NoticeScheme("Test Quality Mark", "TQM", OFFICE, "www.tqm.example")
MAILED = MailedQuestions(SCHEME, OFFICE, "https://psqm.example")
CONVERSATION = "5f0f7d2e-0000-4000-8000-000000000001"


@dataclass
class House:
    """The people who answer, on one database."""

    database: Database
    hub_id: str
    other_hub_id: str
    hal: Member
    oda: Member
    office: Member
    notices: QuestionNotices

    async def talk(self, *said: str, conversation_id: str = CONVERSATION, channel: str = "web") -> str:
        """A conversation in which the person said so, each answered by "Hm."."""
        async with self.database.writing() as session:
            transcript = Transcript(session, conversation_id)
            await transcript.open(channel, NOW)
            for words in said:
                received = await transcript.receive(words, None, None, NOW)
                await transcript.answer(received, [Message(0, "assistant", "Hm.")], NOW)
            await session.commit()
        return conversation_id

    async def ask(self, text: str = "Is Gift Aid possible?", now: datetime = NOW, **chosen: Any) -> Question:
        about = {
            "reason": "left_open",
            "hub_id": self.hub_id,
            "email": ANN,
            "name": "Ann Lee",
            "school_name": "Fairview",
        }
        async with self.database.writing() as session:
            handover = Handover(text=text, **(about | chosen))
            asked = await ask(session, handover, now, self.notices, hours=HOURS, answer_days=2)
            await session.commit()
        return asked

    async def answer(
        self,
        question: Question,
        text: str = "It is.",
        by: Member | None = None,
        door: Door = "desk",
        now: datetime = NOW,
    ) -> Done[Question]:
        async with self.database.writing() as session:
            doing = Doing(by or self.hal, door)
            done = await questions.answer(session, doing, question.id, text, now, self.notices)
            await session.commit()
        return done

    async def take(self, by: Member | None = None, now: datetime = NOW) -> Done[ConversationShown]:
        async with self.database.writing() as session:
            done = await conversations.take(session, Doing(by or self.hal, "desk"), CONVERSATION, now, self.notices)
            await session.commit()
        return done

    async def say(
        self,
        text: str,
        by: Member | None = None,
        now: datetime = NOW,
        *,
        conversation_id: str = CONVERSATION,
        key: str = "",
    ) -> Done[ConversationShown]:
        async with self.database.writing() as session:
            done = await conversations.say(
                session, Doing(by or self.hal, "desk"), conversation_id, text, now, self.notices, key=key
            )
            await session.commit()
        return done

    async def give_back(self, by: Member | None = None, now: datetime = NOW) -> Done[ConversationShown]:
        async with self.database.writing() as session:
            done = await conversations.give_back(
                session, Doing(by or self.hal, "desk"), CONVERSATION, now, self.notices
            )
            await session.commit()
        return done

    async def question(self, question: Question) -> Question:
        async with self.database.reading() as session:
            return await reading.question(session, question.id)

    async def said(self, conversation_id: str = CONVERSATION) -> list[tuple[str, str]]:
        async with self.database.reading() as session:
            messages = await Transcript(session, conversation_id).since(0)
        return [(message.author or message.sender, message.text) for message in messages]

    async def mails(self, kind: str) -> list[OutboxRow]:
        async with self.database.reading() as session:
            rows = select(OutboxRow).where(OutboxRow.kind == kind).order_by(OutboxRow.id)
            return list(await session.scalars(rows))


async def a_house(database: Database, notices: QuestionNotices = MAILED) -> House:
    """Hal leads the Testham hub, Oda the Otherham hub, and Olive is of the office."""
    ids = {}
    async with database.writing() as session:
        for place, name in (("Testham", "Hal Hubbard"), ("Otherham", "Oda Ray")):
            email = f"{name.split()[0].lower()}@hub.example"
            await add_leader(session, name, email)
            ids[place] = await add_hub(
                session, name=f"{place} hub", leader_email=email, postcode="TE1 9ZZ", easting=500_000, northing=200_000,
                year=2026, capacity=10, now=NOW,
            )  # fmt: skip
        await add_officer(session, "Olive Office", "olive@tqm.example")
        people = [
            await member_by_email(session, f"{who}")
            for who in ("hal@hub.example", "oda@hub.example", "olive@tqm.example")
        ]
        await session.commit()
    hal, oda, office = [person for person in people if person]
    return House(database, ids["Testham"], ids["Otherham"], hal, oda, office, notices)
