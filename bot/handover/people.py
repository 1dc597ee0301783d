"""Who gets a question, and handing it to them: what the dialogue looks up and does. One transaction a call."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.handover.last_question import last_question
from bot.handover.request import HandoverRequest
from bot.hubs import place_of
from bot.letter_request.request import Asker
from bot.notices import phrases
from bot.questions import asking, reading
from bot.questions.hours import OfficeHours
from bot.questions.notices import QuestionNotices
from bot.questions.question import Handover
from bot.store.database import Database
from bot.store.tables import CohortRow, ConversationRow, MessageRow

BY_MAIL = "email"
"""The channel in which mail is answered: there a person reads along, and nothing is offered."""
OFFICE = "the scheme's office"
_FIRST = 1  # the number of a conversation's first message


@dataclass(frozen=True, slots=True)
class Situation:
    """``person``: who would get a question; ``expectation``: when to expect an answer, in a sentence; ``last_question``: what was
    asked last, "" for nothing; ``waiting``: the words of the question that waits already, "" for none."""

    person: str
    expectation: str
    last_question: str = ""
    waiting: str = ""


class People(Protocol):
    """Each raises StoreUnavailable when the database is away."""

    async def situation(self, asker: Asker) -> Situation: ...
    async def pass_on(self, request: HandoverRequest, asker: Asker) -> Situation: ...


class DatabasePeople:
    """Hands over in a database; ``answer_days``: the working days within which a person answers."""

    def __init__(
        self,
        database: Database,
        notices: QuestionNotices,
        hours: OfficeHours,
        answer_days: int,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._notices = notices
        self._hours = hours
        self._answer_days = answer_days
        self._clock = clock

    async def may_hand_over(self, conversation_id: str) -> bool:
        """Whether it is a conversation in which that is offered: not by mail, and not a member's own."""
        async with self._database.reading() as session:
            found = await session.execute(
                select(ConversationRow.channel, ConversationRow.member).where(ConversationRow.id == conversation_id)
            )
        row = found.one_or_none()
        return row is None or (row.channel != BY_MAIL and row.member is None)

    async def situation(self, asker: Asker) -> Situation:
        """As it is now."""
        async with self._database.reading() as session:
            waiting = await reading.open_of_conversation(session, asker.conversation_id)
            return Situation(
                await self._person(session, asker.cohort_id),
                self._hours.expectation(self._clock(), self._answer_days),
                await last_question(session, asker.conversation_id),
                waiting.text if waiting else "",
            )

    async def pass_on(self, request: HandoverRequest, asker: Asker) -> Situation:
        """Hands it to the leader of the hub that invited or registered the school, or to the office."""
        now, draft = self._clock(), asker.draft
        async with self._database.writing() as session:
            handover = Handover(
                reason=request.reason,
                text=request.question,
                hub_id=await _hub_of(session, asker.cohort_id),
                conversation_id=asker.conversation_id,
                shares=(_FIRST, await _newest(session, asker.conversation_id)) if request.shares else None,
                name=draft.name or "",
                email=request.email or "",
                school_name=draft.school.name if draft.school else "",
            )
            await asking.ask(session, handover, now, self._notices, hours=self._hours, answer_days=self._answer_days)
            person = await self._person(session, asker.cohort_id)
            await session.commit()
        return Situation(person, self._hours.expectation(now, self._answer_days))

    async def _person(self, session: AsyncSession, cohort_id: str | None) -> str:
        place = await place_of(session, cohort_id) if cohort_id else None
        if place is None or place.is_example:
            return OFFICE
        return f"{place.leader_name} of the {phrases.hub(place)}"


async def _hub_of(session: AsyncSession, cohort_id: str | None) -> str | None:
    if cohort_id is None:
        return None
    hub_id: str | None = await session.scalar(select(CohortRow.hub_id).where(CohortRow.id == cohort_id))
    return hub_id


async def _newest(session: AsyncSession, conversation_id: str) -> int:
    newest = select(func.max(MessageRow.n)).where(MessageRow.conversation_id == conversation_id)
    return await session.scalar(newest) or _FIRST
