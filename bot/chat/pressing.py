"""A button of a post, or an answer typed where one asked for it: done at the desk, and said who was first."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.chat import saying
from bot.chat.incoming import Answered, Pressed, Reply
from bot.desk import conversations, questions, registrations
from bot.desk.done import Done
from bot.desk.questions import AnswerRefused
from bot.posts.card import Action, Card
from bot.posts.showing import SubjectGone, card_now
from bot.questions.notices import QuestionNotices
from bot.questions.question import Question
from bot.registrations.notices import Notices
from bot.registrations.problems import NotPossible
from bot.staff.member import Doing, NotAllowed

_NO_CONVERSATION = "The conversation is no longer there, so it cannot be taken over. You can still answer the question."


@dataclass(frozen=True, slots=True)
class Pressing:
    """Does what buttons say, in a writing transaction; the caller commits."""

    notices: Notices
    question_notices: QuestionNotices
    public_url: str
    patience: timedelta = conversations.PATIENCE

    async def press(self, session: AsyncSession, doing: Doing, pressed: Pressed, now: datetime) -> Reply:
        """Never raises for what a person may do wrong: it says so."""
        if pressed.action == "answer":
            return Reply(saying.PRESS_ANSWER, card=answer_card(pressed.subject_id))
        act: dict[str, Callable[[AsyncSession, Doing, str, datetime], Awaitable[str]]] = {
            "confirm": self._confirm,
            "close": self._close,
            "take_over": self._take_over,
            "give_back": self._give_back,
        }
        if pressed.action not in act:
            return Reply("")
        kind = "registration" if pressed.action == "confirm" else "question"
        return await self._done(session, doing, kind, pressed.subject_id, now, act[pressed.action])

    async def answer(self, session: AsyncSession, doing: Doing, answered: Answered, now: datetime) -> Reply:
        """The answer of a question; who comes second reads what the first answered."""

        async def act(session: AsyncSession, doing: Doing, question_id: str, now: datetime) -> str:
            done = await questions.answer(session, doing, question_id, answered.text, now, self.question_notices)
            if done.is_new:
                return "Thank you: your answer is on its way."
            return _settled_before(done, doing)

        return await self._done(session, doing, "question", answered.question_id, now, act)

    async def _done(
        self,
        session: AsyncSession,
        doing: Doing,
        kind: str,
        subject_id: str,
        now: datetime,
        act: Callable[[AsyncSession, Doing, str, datetime], Awaitable[str]],
    ) -> Reply:
        try:
            text = await act(session, doing, subject_id, now)
        except (NotAllowed, AnswerRefused) as refusal:
            return Reply(str(refusal))
        except NotPossible as refusal:
            text = str(refusal)
        try:
            card = await card_now(session, kind, subject_id, doing.member, self.public_url)
        except (SubjectGone, NotAllowed):
            return Reply(text)
        return Reply(text, replaces_card=card)

    async def _confirm(self, session: AsyncSession, doing: Doing, registration_id: str, now: datetime) -> str:
        done = await registrations.confirm(session, doing, registration_id, now, self.notices)
        if done.is_new:
            return f"Confirmed: {done.result.school_name} has its place, and has been told."
        return saying.already(done, doing.member, "confirmed", "It was confirmed already.")

    async def _close(self, session: AsyncSession, doing: Doing, question_id: str, now: datetime) -> str:
        done = await questions.close(session, doing, question_id, now, self.question_notices)
        return "Closed. The person is not written to." if done.is_new else _settled_before(done, doing)

    async def _take_over(self, session: AsyncSession, doing: Doing, question_id: str, now: datetime) -> str:
        question = await questions.question(session, doing.member, question_id)
        if question.conversation_id is None:
            return _NO_CONVERSATION
        done = await conversations.take(
            session, doing, question.conversation_id, now, self.question_notices, patience=self.patience
        )
        if done.is_new or done.by is None:
            return "The conversation is yours, and the assistant is silent. What you write below the question reaches the person."
        return saying.already(done, doing.member, "taken over", "Somebody has taken over already.")

    async def _give_back(self, session: AsyncSession, doing: Doing, question_id: str, now: datetime) -> str:
        question = await questions.question(session, doing.member, question_id)
        if question.conversation_id is None:
            return _NO_CONVERSATION
        done = await conversations.give_back(session, doing, question.conversation_id, now, self.question_notices)
        if done.is_new:
            return "Given back: the assistant answers again."
        return saying.already(done, doing.member, "given back", "The assistant answers already.")


def answer_card(question_id: str) -> Card:
    """A card with the Answer button alone."""
    return Card("Answer the question", actions=(Action("answer", "Answer", question_id, is_primary=True),))


def _settled_before(done: Done[Question], doing: Doing) -> str:
    was = done.result.state
    text = saying.already(done, doing.member, was, f"This question was {was} already.")
    if was != "answered" or not done.result.answer:
        return text
    return f"{text} The answer was: “{done.result.answer}”"
