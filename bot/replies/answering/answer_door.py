"""The door by which a member of staff answers a question with a mail: to the question's signed address, from theirs of record.

The address is a secret that only who has to answer was told; the sender's address says who it is. Both have to be right.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk import questions
from bot.desk.done import Done
from bot.desk.questions import AnswerRefused
from bot.notices.content import Block, Content, Heading, Paragraph, details
from bot.questions.question import Question
from bot.replies.answering import answer_mail
from bot.replies.answering.desk import desk_of
from bot.replies.answering.post import ReplyPost
from bot.replies.leasing import Inbound, Outcome
from bot.replies.reading.arrived import Arrived
from bot.replies.reading.quoting import points_to_quotation, written
from bot.staff.finding import member_by_email
from bot.staff.member import Doing, NotAllowed

_IN_QUOTATION = (
    "Your email points to words between the lines that it quotes, which I cannot tell apart: please write above them."
)
_BECAUSE = "You get this email because you answered a question by email."


class AnswerDoor:
    """Takes a mail to a question's address as its answer."""

    def __init__(self, post: ReplyPost) -> None:
        self._post = post

    async def act_on(
        self, inbound: Inbound, arrived: Arrived, question_id: str
    ) -> Callable[[AsyncSession, datetime], Awaitable[Outcome]]:
        """What is to be done about it."""
        words = await asyncio.to_thread(written, arrived)

        async def act(session: AsyncSession, now: datetime) -> Outcome:
            member = await member_by_email(session, arrived.sender)
            if member is None:
                return await self._tell_office(session, inbound, arrived, words, now)
            try:
                if points_to_quotation(words):
                    raise AnswerRefused(_IN_QUOTATION)
                notices = self._post.asking.notices
                done = await questions.answer(session, Doing(member, "email"), question_id, words, now, notices)
            except NotAllowed:
                return await self._tell_office(session, inbound, arrived, words, now)
            except AnswerRefused as refusal:
                content = _refused(arrived, str(refusal))
                await self._tell_back(session, inbound, arrived, content, question_id, now)
                return Outcome("noted", "answer_refused")
            if not done.is_new:
                content = _came_second(arrived, done)
                await self._tell_back(session, inbound, arrived, content, question_id, now)
                return Outcome("noted", "answered_before")
            return Outcome("noted", "answer")

        return act

    async def _tell_back(
        self,
        session: AsyncSession,
        inbound: Inbound,
        arrived: Arrived,
        content: Content,
        question_id: str,
        now: datetime,
    ) -> None:
        key = f"answered_back:{inbound.id}"
        await self._post.answer(session, key, arrived, content, now, question_id=question_id)

    async def _tell_office(
        self, session: AsyncSession, inbound: Inbound, arrived: Arrived, words: str, now: datetime
    ) -> Outcome:
        """Somebody was forwarded the mail, wrote from another address, or pretends: a person looks who."""
        desk = desk_of(None, self._post.office)
        blocks: list[Block] = [
            Paragraph(
                "An email came to the address for the answer to a question, but not from the address of somebody who may "
                "answer it. It has not been passed on. If it is an answer, please see who wrote it, and answer at the desk."
            ),
            details(("From", " ".join(arrived.sender_name.split())[:200]), ("Email", arrived.sender)),
        ]
        if words:
            blocks += [Heading("What they wrote"), Paragraph(self._post.fit_to_pass_on(words))]
        content = Content("An answer from an address that we do not know", "", tuple(blocks), desk.because)
        await self._post.hand_over(session, f"handed_over:{inbound.id}", desk, content, self._post.office, now)
        return Outcome("handed_over", "answer_of_stranger")


def _refused(arrived: Arrived, why: str) -> Content:
    said = "Your answer has not been sent. To try again, reply to this email."
    return Content(
        answer_mail.subject(arrived), answer_mail.greeted(arrived), (Paragraph(said), Paragraph(why)), _BECAUSE
    )


def _came_second(arrived: Arrived, done: Done[Question]) -> Content:
    who = done.result.answered_name or "Somebody"
    if done.result.state == "closed":
        blocks: tuple[Block, ...] = (Paragraph(f"{who} has closed this question already, so yours has not been sent."),)
    else:
        said = (
            f"{who} has answered this question already, so your answer has not been sent. This is what they were told:"
        )
        blocks = (Paragraph(said), Paragraph(done.result.answer))
    return Content(answer_mail.subject(arrived), answer_mail.greeted(arrived), blocks, _BECAUSE)
