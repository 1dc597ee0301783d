"""The questions to learn from: those that were not understood, and those whose answer was rated wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, String, and_, case, cast, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.conversation import REMOVED
from bot.staff.member import Member, NotAllowed
from bot.store.message import Message
from bot.store.tables import ConversationRow, MessageRow, ReviewRow
from bot.store.transcript import Transcript

Why = Literal["unanswered", "rated_wrong"]

NOT_ANSWERED = ("out_of_scope", "unsure")
"""The topics of the responses to what was not understood."""
_AROUND = 3  # messages before and after, to see what was meant

_asked = aliased(MessageRow, name="asked")
_answer = aliased(MessageRow, name="answer")


@dataclass(frozen=True, slots=True)
class Unclear:
    """A person's message to learn from. ``topics``: what the answer was about; ``understood``: what the engine made of it."""

    message_id: str
    conversation_id: str
    n: int
    text: str
    at: datetime
    why: Why
    topics: tuple[str, ...]
    understood: dict[str, Any] | None


async def waiting(session: AsyncSession, member: Member, *, limit: int = 50, offset: int = 0) -> list[Unclear]:
    """What nobody has reviewed yet, newest first; raises NotAllowed unless ``member`` is of the office."""
    member.check(None)
    query = _unreviewed().order_by(_asked.created_at.desc(), _asked.id).limit(limit).offset(offset)
    found = [(row.id, row.wrong) for row in await session.execute(query)]
    return await _shown(session, found)


async def count_waiting(session: AsyncSession, member: Member) -> int:
    """How many nobody has reviewed yet; raises NotAllowed."""
    member.check(None)
    return await session.scalar(select(func.count()).select_from(_unreviewed().subquery())) or 0


async def unclear(session: AsyncSession, member: Member, message_id: str) -> Unclear:
    """One question, reviewed or not; raises NotAllowed."""
    member.check(None)
    query = _unclear().where(_asked.id == message_id)
    found = [(row.id, row.wrong) for row in await session.execute(query)]
    if not found:
        raise NotAllowed
    return (await _shown(session, found))[0]


async def around(session: AsyncSession, question: Unclear) -> list[Message]:
    """The conversation around it."""
    messages = await Transcript(session, question.conversation_id).since(max(0, question.n - _AROUND - 1))
    return [message for message in messages if message.n <= question.n + _AROUND]


def _unclear() -> Select[str, int]:
    """Found by the answers that were no use, of which there are few: going by the questions takes three times as long."""
    topics = cast(_answer.topics, String)
    is_unanswered = or_(*(topics.like(f'%"{topic}"%') for topic in NOT_ANSWERED))
    of_no_use = (
        select(
            _answer.conversation_id,
            _answer.answers,
            func.max(case((_answer.rating == "wrong", 1), else_=0)).label("wrong"),
        )
        .where(_answer.sender == "assistant", or_(_answer.rating == "wrong", is_unanswered))
        .group_by(_answer.conversation_id, _answer.answers)
        .subquery("of_no_use")
    )
    is_answered_so = and_(_asked.conversation_id == of_no_use.c.conversation_id, _asked.n == of_no_use.c.answers)
    return (
        select(_asked.id, of_no_use.c.wrong)
        .join(of_no_use, is_answered_so)
        .join(ConversationRow, ConversationRow.id == _asked.conversation_id)
        .where(
            _asked.sender == "you",
            _asked.payload.is_(None),  # a pressed button asks what it says
            _asked.text != REMOVED,
            ConversationRow.member.is_(None),
        )
    )


def _unreviewed() -> Select[str, int]:
    return _unclear().where(~exists().where(ReviewRow.message_id == _asked.id))


async def _shown(session: AsyncSession, found: Sequence[tuple[str, int]]) -> list[Unclear]:
    wrong = dict(found)
    rows = await session.execute(
        select(_asked, _answer.topics)
        .join(_answer, and_(_answer.conversation_id == _asked.conversation_id, _answer.answers == _asked.n))
        .where(_asked.id.in_(wrong), _answer.sender == "assistant")
        .order_by(_answer.n)
    )
    asked: dict[str, MessageRow] = {}
    topics: dict[str, list[str]] = {}
    for row, about in rows:
        asked[row.id] = row
        topics.setdefault(row.id, []).extend(about)
    return [
        Unclear(
            message_id=id_,
            conversation_id=asked[id_].conversation_id,
            n=asked[id_].n,
            text=asked[id_].text,
            at=asked[id_].created_at,
            why="rated_wrong" if is_wrong else "unanswered",
            topics=tuple(dict.fromkeys(topics[id_])),
            understood=asked[id_].understood,
        )
        for id_, is_wrong in found
    ]
