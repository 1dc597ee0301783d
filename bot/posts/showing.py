"""Reads what a post is about, as it is now and as its reader may see it."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.posts.card import Card
from bot.posts.question_card import card_of_question
from bot.posts.registration_card import card_of_registration
from bot.questions import reading as questions
from bot.questions.question import Question, QuestionUnknown
from bot.registrations import reading as registrations
from bot.registrations.problems import RegistrationUnknown
from bot.staff import audit
from bot.staff.finding import member_named
from bot.staff.member import Member
from bot.store.message import Message
from bot.store.tables import CohortRow, ConversationRow, RegistrationRow
from bot.store.transcript import Transcript

_LIVE = ("web", "page")
"""The channels on whose conversations a person can be answered at once."""


class SubjectGone(LookupError):
    """What the post is about is no longer there."""


async def card_now(session: AsyncSession, kind: str, id_: str, member: Member, public_url: str) -> Card:
    """The card of a ``registration`` or a ``question``. Raises SubjectGone, and NotAllowed for what is not the member's."""
    if kind == "registration":
        return await _registration(session, id_, member, public_url)
    if kind == "question":
        return await _question(session, id_, member, public_url)
    raise SubjectGone(kind)


async def _registration(session: AsyncSession, id_: str, member: Member, public_url: str) -> Card:
    try:
        registration = await registrations.registration(session, id_)
    except RegistrationUnknown:
        raise SubjectGone from None
    hub = select(CohortRow.hub_id).join(RegistrationRow, RegistrationRow.cohort_id == CohortRow.id)
    member.check(await session.scalar(hub.where(RegistrationRow.id == id_)))
    done = await audit.of_subject(session, ("registration", id_))
    return card_of_registration(registration, public_url, done)


async def _question(session: AsyncSession, id_: str, member: Member, public_url: str) -> Card:
    try:
        question = await questions.question(session, id_)
    except QuestionUnknown:
        raise SubjectGone from None
    member.check(question.hub_id)
    done = await audit.of_subject(session, ("question", id_))
    conversation = await session.get(ConversationRow, question.conversation_id) if question.conversation_id else None
    held_by = conversation.held_by if conversation else None
    holder = await member_named(session, held_by) if held_by else None
    return card_of_question(
        question,
        public_url,
        await _shared(session, question),
        done,
        held_by=holder.name if holder else "",
        is_live=conversation is not None and conversation.channel in _LIVE,
    )


async def _shared(session: AsyncSession, question: Question) -> list[Message]:
    if not question.conversation_id or not question.shares:
        return []
    return await Transcript(session, question.conversation_id).between(*question.shares)
