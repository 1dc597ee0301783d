"""Makes a question of a reply that a person has to answer, so that it is listed at the desk, reminded of, and answered there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.letter import Letter
from bot.notices.telling import Telling
from bot.questions.asking import ask
from bot.questions.hours import OfficeHours
from bot.questions.mailed import MailedQuestions
from bot.questions.notices import SilentQuestionNotices
from bot.questions.question import Handover, Question
from bot.replies.answering.answer_mail import greeted
from bot.replies.answering.reach import reach
from bot.replies.reading.arrived import Arrived
from bot.store.tables import CohortRow

_NO_WORDS = "(An email in which no words of theirs were found. Its subject: {subject})"


@dataclass(frozen=True, slots=True)
class Asking:
    """How questions are kept and told of: ``telling`` reaches whoever has to answer, by a mail of the replies' own."""

    notices: MailedQuestions
    telling: Telling
    hours: OfficeHours
    answer_days: int

    async def ask(
        self,
        session: AsyncSession,
        arrived: Arrived,
        inbound_id: int,
        letter: Letter | None,
        words: str,
        conversation_id: str | None,
        now: datetime,
    ) -> Question:
        """The question that ``arrived`` is, of the hub whose letter it answers. The mail that tells of it is the caller's."""
        handover = Handover(
            reason="reply",
            text=words or _NO_WORDS.format(subject=arrived.subject[:200] or "none"),
            hub_id=await _hub_of(session, letter),
            conversation_id=conversation_id,
            inbound_id=inbound_id,
            name=greeted(arrived),
            email=reach(arrived),
            school_name=letter.school.name if letter and letter.school else "",
        )
        return await ask(
            session, handover, now, SilentQuestionNotices(), hours=self.hours, answer_days=self.answer_days
        )


async def _hub_of(session: AsyncSession, letter: Letter | None) -> str | None:
    if letter is None or letter.place is None:
        return None
    hub_id: str | None = await session.scalar(select(CohortRow.hub_id).where(CohortRow.id == letter.place.cohort_id))
    return hub_id
