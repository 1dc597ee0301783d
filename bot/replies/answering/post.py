"""Puts the mails that answer replies, and those that hand them over, into the outbox."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import private_numbers
from bot.letters.letter import Letter
from bot.letters.links import LetterLinks, ReplyAddresses, Subject, SubjectKind
from bot.notices.content import Content
from bot.notices.rendering import render
from bot.notices.scheme import NoticeScheme
from bot.notices.telling import About
from bot.outbox.mail import Mail, is_address
from bot.outbox.queue import enqueue
from bot.questions.question import Question
from bot.replies.answering.desk import Desk
from bot.replies.answering.handing_over import Asking
from bot.replies.answering.reach import can_be_told
from bot.replies.reading.arrived import Arrived

_MOST_REFERENCES = 10


@dataclass(frozen=True, slots=True)
class ReplyPost:
    """Who writes: the scheme, the office's email address, the addresses that replies go to, the links of letters, and how what
    is handed over is kept as a question."""

    scheme: NoticeScheme
    office: str
    addresses: ReplyAddresses
    links: LetterLinks
    asking: Asking

    async def answer(
        self,
        session: AsyncSession,
        key: str,
        arrived: Arrived,
        content: Content,
        now: datetime,
        *,
        thread_id: str | None = None,
        letter_id: str | None = None,
        question_id: str | None = None,
    ) -> bool:
        """A mail to the sender of ``arrived``, in the same thread; False when it is there already or nobody would read it."""
        if not can_be_told(arrived):
            return False
        kinds: tuple[tuple[SubjectKind, str | None], ...] = (
            ("question", question_id),
            ("thread", thread_id),
            ("letter", letter_id),
        )
        about = next((Subject(kind, id_) for kind, id_ in kinds if id_), None)
        reply_to = self.addresses.of(about) if about else self.office
        rendered = render(content, self.scheme)
        mail = Mail(
            key=key,
            kind="reply",
            recipient=arrived.sender,
            recipient_name=arrived.sender_name,
            reply_to=reply_to,
            subject=content.subject,
            text=rendered.text,
            html=rendered.html,
            headers=thread_headers(arrived),
            bounce_to=reply_to if about else "",
        )
        return await enqueue(session, mail, now)

    async def hand_over(
        self, session: AsyncSession, key: str, desk: Desk, content: Content, answers_to: str, now: datetime
    ) -> bool:
        """A mail to the person at ``desk``, who may answer ``answers_to``; False when it is there already."""
        return await enqueue(session, self._handed_over(key, desk, content, answers_to), now)

    async def hand_over_question(
        self, session: AsyncSession, key: str, desk: Desk, content: Content, question: Question, now: datetime
    ) -> None:
        """The same about a question, whose answer an answer to the mail is; whoever has chosen so hears of it elsewhere."""
        answers_to = self.asking.notices.answers_to(question.id, question.email)
        mail = self._handed_over(key, desk, content, answers_to)
        await self.asking.telling.tell(session, mail, About("question", question.id, "asked", question.text), now)

    def _handed_over(self, key: str, desk: Desk, content: Content, answers_to: str) -> Mail:
        rendered = render(content, self.scheme)
        return Mail(
            key=key,
            kind="handed_over",
            recipient=desk.email,
            recipient_name=desk.name,
            reply_to=answers_to if is_address(answers_to) else self.office,
            subject=content.subject,
            text=rendered.text,
            html=rendered.html,
        )

    @staticmethod
    def fit_to_pass_on(words: str) -> str:
        """The words, unless they hold what nobody should mail a second time."""
        return words if (number := private_numbers.find(words)) is None else f"(Left out, as it holds a {number}.)"

    def page(self, letter: Letter | None) -> str:
        """The address of the letter's page, or ""."""
        return self.links.href(letter.id, letter.dated) if letter else ""


def thread_headers(arrived: Arrived) -> dict[str, str]:
    """What puts an answer into the thread of ``arrived`` (RFC 5322, 3.6.4) and says that no person wrote it (RFC 3834, 5)."""
    headers = {"Auto-Submitted": "auto-replied"}
    if arrived.message_id:
        earlier = arrived.references or ((arrived.in_reply_to,) if arrived.in_reply_to else ())
        kept = earlier if len(earlier) < _MOST_REFERENCES else (earlier[0], *earlier[2 - _MOST_REFERENCES :])
        headers["In-Reply-To"] = f"<{arrived.message_id}>"
        headers["References"] = " ".join(f"<{message_id}>" for message_id in (*kept, arrived.message_id))
    return headers
