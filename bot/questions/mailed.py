"""Who hears of questions by mail: whoever has to answer, and the person who asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.links import ReplyAddresses, Subject
from bot.notices.content import Content
from bot.notices.rendering import render
from bot.notices.scheme import NoticeScheme
from bot.notices.telling import About, ByMail, Telling
from bot.outbox.mail import Mail, is_address
from bot.outbox.queue import enqueue
from bot.questions import to_person, to_staff
from bot.questions.question import Question
from bot.questions.to_staff import Addressee
from bot.staff.finding import member_named
from bot.store.message import Message
from bot.store.tables import ConversationRow, HubRow, LeaderRow, MessageRow, OutboxRow
from bot.store.transcript import Transcript

ANSWER = "question_answer"
"""The kind of mails that do not leave when the person has seen the answer: see ``unseen.py``."""

UNSEEN = timedelta(seconds=60)
"""For so long an answer may arrive in an open conversation before it is mailed."""

type _Writing = Callable[..., Content]


@dataclass(frozen=True, slots=True)
class _Thread:
    """What puts a mail into the thread of another."""

    subject: str
    headers: dict[str, str]


class MailedQuestions:
    """Implements ``bot.questions.notices.QuestionNotices``.

    Members hear of questions through ``telling``; ``office`` is an email address. With ``addresses``, those of a mailbox, a
    reply of theirs is the answer; without, it goes to the person.
    """

    def __init__(
        self,
        scheme: NoticeScheme,
        office: str,
        public_url: str,
        telling: Telling | None = None,
        addresses: ReplyAddresses | None = None,
    ) -> None:
        self._scheme = scheme
        self._office = office
        self._public_url = public_url
        self._telling: Telling = telling or ByMail()
        self._addresses = addresses

    async def asked(self, session: AsyncSession, question: Question, now: datetime) -> None:
        await self._tell(session, question, "asked", to_staff.asked, now)
        await self._telling.changed(session, About("question", question.id, "asked"), now)

    async def answered(self, session: AsyncSession, question: Question, now: datetime) -> None:
        await self._telling.changed(session, About("question", question.id, question.state), now)
        if question.state == "answered" and is_address(question.email):
            await self._answer(session, question, now)

    async def said(self, session: AsyncSession, question: Question, text: str, now: datetime) -> None:
        holder = await self._holder(session, question)
        if holder is None:
            return
        content = to_staff.said(question, holder, text, self.page(question.id))
        mail = self._mail(question, "said", holder.email, holder.name, self._answers_to(question), content, now)
        await self._telling.tell(session, mail, About("question", question.id, "said", text), now)

    async def held(self, session: AsyncSession, question: Question, now: datetime) -> None:
        await self._telling.changed(session, About("question", question.id, "held"), now)

    async def reminded(self, session: AsyncSession, question: Question, now: datetime) -> None:
        words = to_staff.reminded if question.hub_id else to_staff.reminded_office
        await self._tell(session, question, "reminded", words, now)

    async def escalated(self, session: AsyncSession, question: Question, now: datetime) -> None:
        await self._tell(session, question, "escalated", to_staff.escalated, now, to_office=True)
        await self._telling.changed(session, About("question", question.id, "escalated"), now)
        if is_address(question.email):
            content = to_person.escalated(question)
            mail = self._mail(question, "longer", question.email, question.name, self._office, content, now)
            await enqueue(session, mail, now)

    def page(self, question_id: str) -> str:
        """Where the question is at the desk."""
        return f"{self._public_url}/desk/questions/{question_id}"

    def answers_to(self, question_id: str, otherwise: str) -> str:
        """Where a member's reply goes: to the mailbox, as the answer; else to the address ``otherwise``, or the office."""
        if self._addresses:
            return self._addresses.of(Subject("question", question_id))
        return otherwise if is_address(otherwise) else self._office

    def _answers_to(self, question: Question) -> str:
        return self.answers_to(question.id, question.email)

    async def _tell(
        self,
        session: AsyncSession,
        question: Question,
        what: Literal["asked", "reminded", "escalated"],
        words: _Writing,
        now: datetime,
        *,
        to_office: bool = False,
    ) -> None:
        to = await self._addressee(session, None if to_office else question.hub_id)
        shared = await _shared(session, question)
        content = words(question, to, shared, self.page(question.id), by_reply=self._addresses is not None)
        mail = self._mail(question, what, to.email, to.name, self._answers_to(question), content, now)
        await self._telling.tell(session, mail, About("question", question.id, what, question.text), now)

    async def _addressee(self, session: AsyncSession, hub_id: str | None) -> Addressee:
        """The hub's leader, whom an example hub does not really have; else the office."""
        found = await session.execute(
            select(LeaderRow.email, LeaderRow.name, HubRow.name.label("hub"))
            .join(HubRow, HubRow.leader_id == LeaderRow.id)
            .where(HubRow.id == hub_id, HubRow.is_example.is_(False))
        )
        if (row := found.one_or_none()) is None:
            because = "You get this email because questions that need a person come to this address."
            return Addressee(self._office, "", because)
        return Addressee(row.email, row.name, f"You get this email because you lead the hub {row.hub}.")

    async def _holder(self, session: AsyncSession, question: Question) -> Addressee | None:
        row = ConversationRow
        ref = await session.scalar(select(row.held_by).where(row.id == question.conversation_id))
        member = await member_named(session, ref) if ref else None
        if member is None:
            return None
        because = "You get this email because you have taken over a conversation."
        return Addressee(member.email, member.name, because)

    async def _answer(self, session: AsyncSession, question: Question, now: datetime) -> None:
        """By mail too: at once where the person wrote by mail, else unless they see it in the conversation meanwhile."""
        content = to_person.answered(question)
        member = await member_named(session, question.answered_by) if question.answered_by else None
        n = await _said_as(session, question)
        thread = await _thread(session, question)
        rendered = render(content, self._scheme)
        mail = Mail(
            key=answer_key(question.id, n),
            kind=ANSWER,
            recipient=question.email,
            recipient_name=question.name,
            reply_to=member.email if member else self._office,
            subject=thread.subject if thread else content.subject,
            text=rendered.text,
            html=rendered.html,
            headers=thread.headers if thread else {},
            from_name=question.answered_name,
        )
        await enqueue(session, mail, now, leaves_at=now + UNSEEN if n else now)

    def _mail(
        self, question: Question, what: str, email: str, name: str, reply_to: str, content: Content, now: datetime
    ) -> Mail:
        rendered = render(content, self._scheme)
        return Mail(
            key=f"question:{question.id}:{what}:{now:%Y%m%dT%H%M%S.%f}",
            kind=f"question_{what}",
            recipient=email,
            recipient_name=name,
            reply_to=reply_to,
            subject=content.subject,
            text=rendered.text,
            html=rendered.html,
        )


def answer_key(question_id: str, n: int) -> str:
    """The outbox's key of the mail with an answer that was said as message ``n`` of the conversation; 0: as none."""
    return f"question:{question_id}:answer:{n}"


def said_as(key: str) -> tuple[str, int]:
    """Reverses ``answer_key``; raises ValueError for another key."""
    kind, question_id, what, n = key.split(":")
    if (kind, what) != ("question", "answer"):
        raise ValueError("this is no answer's key")
    return question_id, int(n)


async def _said_as(session: AsyncSession, question: Question) -> int:
    """The message of the conversation that holds the answer; 0 where none does that a widget or a page could show."""
    row = MessageRow
    n: int | None = await session.scalar(
        select(func.max(row.n))
        .join(ConversationRow, ConversationRow.id == row.conversation_id)
        .where(
            row.conversation_id == question.conversation_id,
            row.sender == "leader",
            ConversationRow.channel.in_(("web", "page")),
        )
    )
    return n or 0


async def _thread(session: AsyncSession, question: Question) -> _Thread | None:
    """The thread of a question that came by mail: that of the mail in which the person was told that somebody will answer."""
    if question.inbound_id is None:
        return None
    row = OutboxRow
    found = await session.execute(select(row.subject, row.headers).where(row.key == f"reply:{question.inbound_id}"))
    told = found.one_or_none()
    if told is None:
        return None
    kept = ("In-Reply-To", "References")
    return _Thread(told.subject, {name: value for name, value in told.headers.items() if name in kept})


async def _shared(session: AsyncSession, question: Question) -> list[Message]:
    if question.conversation_id is None or question.shares is None:
        return []
    return await Transcript(session, question.conversation_id).between(*question.shares)
