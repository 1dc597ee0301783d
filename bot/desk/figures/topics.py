"""What people ask the assistant about, week by week, and how much of it was answered.

The office sees all conversations but those of staff. A leader sees those that came from their hubs' letters, by the link, by a
reply, or by asking for one.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.figures.weeks import WEEKS, begins, mondays, week_of
from bot.staff.member import Member
from bot.store.json_lists import elements
from bot.store.tables import CohortRow, ConversationRow, LetterRow, MailThreadRow, MessageRow

NOT_UNDERSTOOD = ("out_of_scope", "unsure")
"""Topics of an answer that says that nothing is known, or asks which topic was meant."""
_ANSWERS = ("ask/", "open/", "own/")
"""Topics of answers; whatever else is said are greetings, forms, letters that are sent, people who are called."""


@dataclass(frozen=True, slots=True)
class ByWeek:
    """How often something happened: in all, and in each week, oldest first."""

    name: str
    total: int
    weeks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Topics:
    """``topics``: the most asked first. ``answered``: by the letter's facts; ``left_open``: the letter leaves it open;
    ``not_understood``: nothing was found, or it had to be asked what was meant."""

    weeks: tuple[date, ...]
    topics: tuple[ByWeek, ...]
    answered: ByWeek
    left_open: ByWeek
    not_understood: ByWeek

    @property
    def asked(self) -> int:
        return self.answered.total + self.left_open.total + self.not_understood.total

    @property
    def share_answered(self) -> int | None:
        """In per cent; None where nothing was asked."""
        return round(100 * self.answered.total / self.asked) if self.asked else None


async def topics(session: AsyncSession, member: Member, now: datetime, weeks: int = WEEKS) -> Topics:
    """The questions of the latest ``weeks`` by topic."""
    since = mondays(now, weeks)
    topic = elements(session, MessageRow.topics)
    week = week_of(MessageRow.created_at, since)
    rows = await session.execute(
        select(topic.c.value, week, func.count())
        .select_from(MessageRow)
        .join(topic, true())
        .where(
            MessageRow.sender == "assistant",
            MessageRow.created_at >= begins(since[0]),
            MessageRow.conversation_id.in_(select(ConversationRow.id).where(_is_theirs(member))),
        )
        .group_by(topic.c.value, week)
    )
    return _arranged(since, {(str(name), int(index)): int(count) for name, index, count in rows})


def _is_theirs(member: Member) -> ColumnElement[bool]:
    if member.is_office:
        return ConversationRow.member.is_(None)
    of_hubs = LetterRow.cohort_id.in_(select(CohortRow.id).where(CohortRow.hub_id.in_(member.hub_ids)))
    asked_for = select(LetterRow.conversation_id).where(of_hubs, LetterRow.conversation_id.is_not(None))
    by_mail = select(MailThreadRow.conversation_id).join(LetterRow, LetterRow.id == MailThreadRow.letter_id)
    return or_(
        ConversationRow.hub_id.in_(member.hub_ids),
        ConversationRow.id.in_(asked_for),
        ConversationRow.id.in_(by_mail.where(of_hubs)),
    )


def _arranged(since: list[date], counted: Mapping[tuple[str, int], int]) -> Topics:
    answered, left_open, lost = Counter[int](), Counter[int](), Counter[int]()
    topics: dict[str, Counter[int]] = {}
    for (name, week), count in counted.items():
        if name in NOT_UNDERSTOOD:
            lost[week] += count
        elif name.startswith(_ANSWERS):
            topics.setdefault(name, Counter())[week] += count
            (left_open if name.startswith("open/") else answered)[week] += count

    def by_week(name: str, counts: Counter[int]) -> ByWeek:
        return ByWeek(name, counts.total(), tuple(counts[index] for index in range(len(since))))

    named = sorted((by_week(name, counts) for name, counts in topics.items()), key=lambda it: (-it.total, it.name))
    return Topics(
        tuple(since),
        tuple(named),
        by_week("answered", answered),
        by_week("left open", left_open),
        by_week("not understood", lost),
    )
