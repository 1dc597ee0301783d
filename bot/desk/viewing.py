"""What a member may see of conversations.

A leader sees what the person agreed to share with a question of their hub, and what is said while somebody here holds the
conversation; the office sees all conversations but those of staff.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.questions import reading
from bot.questions.question import Question
from bot.staff.finding import member_named
from bot.staff.member import Member, NotAllowed
from bot.store.holding import GIVEN_BACK, TAKEN
from bot.store.message import Message
from bot.store.tables import ConversationRow, MessageRow, QuestionRow
from bot.store.transcript import Transcript


@dataclass(frozen=True, slots=True)
class ConversationShown:
    """What a member may see of a conversation. ``held_by`` is the name of who holds it. ``question``: the newest that is theirs.

    ``understood``: what the engine made of a person's message, by its ``n``: ``{"certainty", "topics", "alternatives"}``.
    """

    id: str
    channel: str
    started: datetime
    last: datetime
    held_by: str | None
    question: Question | None
    messages: list[Message]
    understood: dict[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ConversationListed:
    """A conversation in a list; ``messages`` counts all of it. ``about``: the question of theirs, or what was asked first."""

    id: str
    channel: str
    started: datetime
    last: datetime
    held_by: str | None
    messages: int
    about: str


async def listed(
    session: AsyncSession, member: Member, *, limit: int = 50, offset: int = 0
) -> list[ConversationListed]:
    """Those that they may see, the latest first."""
    row = ConversationRow
    theirs = select(row).where(*_is_theirs(member)).order_by(row.last_at.desc(), row.id).limit(limit).offset(offset)
    found = (await session.scalars(theirs)).all()
    ids = [each.id for each in found]
    counted = await session.execute(
        select(MessageRow.conversation_id, func.count().label("number"))
        .where(MessageRow.conversation_id.in_(ids))
        .group_by(MessageRow.conversation_id)
    )
    count = {each.conversation_id: each.number for each in counted}
    names = await names_of(session, {each.held_by for each in found if each.held_by})
    about = await _about(session, member, ids)
    return [
        ConversationListed(
            id=each.id,
            channel=each.channel,
            started=each.created_at,
            last=each.last_at,
            held_by=names.get(each.held_by or ""),
            messages=count.get(each.id, 0),
            about=about.get(each.id, ""),
        )
        for each in found
    ]


async def _about(session: AsyncSession, member: Member, ids: list[str]) -> dict[str, str]:
    """The newest question to a person; the office may read what was said first where there is none."""
    question, row = QuestionRow, MessageRow
    asked = select(question.conversation_id, question.text).where(question.conversation_id.in_(ids))
    if not member.is_office:
        asked = asked.where(question.hub_id.in_(member.hub_ids))
    about = {id_: text for id_, text in await session.execute(asked.order_by(question.created_at)) if id_}
    if member.is_office and (others := [id_ for id_ in ids if id_ not in about]):
        first = (
            select(row.conversation_id, func.min(row.n).label("n"))
            .where(row.conversation_id.in_(others), row.sender == "you")
            .group_by(row.conversation_id)
            .subquery()
        )
        is_first = (row.conversation_id == first.c.conversation_id) & (row.n == first.c.n)
        said = await session.execute(select(row.conversation_id, row.text).join(first, is_first))
        about |= {each.conversation_id: each.text for each in said}
    return about


async def may_open(session: AsyncSession, member: Member, conversation_id: str) -> bool:
    """Whether the member may look at the conversation."""
    row = ConversationRow
    return await session.scalar(select(row.id).where(row.id == conversation_id, *_is_theirs(member))) is not None


async def conversation(session: AsyncSession, member: Member, conversation_id: str) -> ConversationShown:
    """One conversation. Raises NotAllowed."""
    row = ConversationRow
    found = await session.scalar(
        select(row).where(row.id == conversation_id, *_is_theirs(member)).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotAllowed
    questions = await questions_of(session, member, conversation_id)
    messages = await Transcript(session, conversation_id).since(0)
    shown = messages if member.is_office else _visible(messages, questions)
    names = await names_of(session, {found.held_by} if found.held_by else set())
    return ConversationShown(
        id=found.id,
        channel=found.channel,
        started=found.created_at,
        last=found.last_at,
        held_by=names.get(found.held_by or ""),
        question=questions[0] if questions else None,
        messages=shown,
        understood=await _understood(session, conversation_id, {message.n for message in shown}),
    )


def _is_theirs(member: Member) -> list[ColumnElement[bool]]:
    if member.is_office:
        return [ConversationRow.member.is_(None)]
    row = QuestionRow
    shared = select(row.conversation_id).where(row.hub_id.in_(member.hub_ids), row.shares_upto.is_not(None))
    return [ConversationRow.id.in_(shared)]


async def questions_of(session: AsyncSession, member: Member, conversation_id: str) -> list[Question]:
    """Those of the conversation that are the member's, the newest first."""
    found = await reading.of_conversation(session, conversation_id)
    return [each for each in found if member.may_see(each.hub_id)]


def _visible(messages: list[Message], questions: list[Question]) -> list[Message]:
    """What was shared with ``questions``, and what was said while somebody held the conversation."""
    shares = [each.shares for each in questions if each.shares]
    shown, is_held = [], False
    for message in messages:
        is_held = is_held or TAKEN in message.topics
        if is_held or message.sender == "leader" or any(first <= message.n <= last for first, last in shares):
            shown.append(message)
        if GIVEN_BACK in message.topics:
            is_held = False
    return shown


async def _understood(session: AsyncSession, conversation_id: str, shown: set[int]) -> dict[int, dict[str, Any]]:
    row = MessageRow
    found = await session.execute(
        select(row.n, row.understood).where(row.conversation_id == conversation_id, row.understood.is_not(None))
    )
    return {n: understood for n, understood in found if n in shown}


async def names_of(session: AsyncSession, refs: set[str]) -> dict[str, str]:
    """The names of members; "" for whoever is no longer there."""
    found = {ref: await member_named(session, ref) for ref in refs}
    return {ref: member.name if member else "" for ref, member in found.items()}
