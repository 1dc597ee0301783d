"""Who hears of a question: said here, done elsewhere, in the transaction that caused it."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.questions.question import Question


class QuestionNotices(Protocol):
    """Tells the people concerned; each notice gets the question as it is after the change."""

    async def asked(self, session: AsyncSession, question: Question, now: datetime) -> None:
        """Somebody has to answer: the hub's leader, or the office; also after it was reassigned."""

    async def answered(self, session: AsyncSession, question: Question, now: datetime) -> None:
        """It is answered or closed: posts about it show so, and the person gets the answer."""

    async def said(self, session: AsyncSession, question: Question, text: str, now: datetime) -> None:
        """The person wrote ``text`` in a conversation that a leader has taken over."""

    async def held(self, session: AsyncSession, question: Question, now: datetime) -> None:
        """A leader took over the conversation, or gave it back: posts about the question show so."""

    async def reminded(self, session: AsyncSession, question: Question, now: datetime) -> None:
        """It waits too long."""

    async def escalated(self, session: AsyncSession, question: Question, now: datetime) -> None:
        """It has waited longer still, and is the office's now; the person is told so."""


class SilentQuestionNotices:
    """Tells nobody."""

    async def _nothing(self, *_what: object, **_named: object) -> None:
        pass

    asked = answered = said = held = reminded = escalated = _nothing
