"""What belongs together at the desk: a registration, the conversation that it was made in, and questions of the same people."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.viewing import may_open
from bot.questions import reading
from bot.questions.question import Question
from bot.registrations.registration import Registration
from bot.staff.member import Member
from bot.store.tables import CohortRow, ContactRow, PersonRow, QuestionRow, RegistrationRow

_MOST = 5


@dataclass(frozen=True, slots=True)
class OfRegistration:
    """``conversation_id``: None where none is theirs to see. ``questions``: at most 5, the newest first."""

    conversation_id: str | None
    questions: list[Question]


async def of_registration(session: AsyncSession, member: Member, registration: Registration) -> OfRegistration:
    """What else there is of the people who registered, as far as the member may see it."""
    conversation_id = await session.scalar(
        select(RegistrationRow.conversation_id).where(RegistrationRow.id == registration.id)
    )
    row = QuestionRow
    emails = [contact.email.lower() for contact in registration.contacts if contact.email]
    theirs = (
        or_(row.email.in_(emails), row.conversation_id == conversation_id) if conversation_id else row.email.in_(emails)
    )
    if not member.is_office:
        theirs = theirs & row.hub_id.in_(member.hub_ids)
    ids = (await session.scalars(select(row.id).where(theirs).order_by(row.created_at.desc()).limit(_MOST))).all()
    opens = conversation_id is not None and await may_open(session, member, conversation_id)
    return OfRegistration(
        conversation_id if opens else None, [await reading.question(session, question_id) for question_id in ids]
    )


async def registrations_of(
    session: AsyncSession, member: Member, *, conversation_id: str | None = None, email: str = ""
) -> list[tuple[str, str]]:
    """Ids and schools of registrations that were made in a conversation, or by whoever has the address: the newest first."""
    row, ways = RegistrationRow, []
    if conversation_id:
        ways.append(row.conversation_id == conversation_id)
    if email:
        with_address = select(PersonRow.id).where(func.lower(PersonRow.email) == email.lower())
        ways.append(row.id.in_(select(ContactRow.registration_id).where(ContactRow.person_id.in_(with_address))))
    if not ways:
        return []
    found = select(row.id, row.school_name).where(or_(*ways)).order_by(row.created_at.desc()).limit(_MOST)
    if not member.is_office:
        found = found.where(row.cohort_id.in_(select(CohortRow.id).where(CohortRow.hub_id.in_(member.hub_ids))))
    return [(id_, school) for id_, school in await session.execute(found)]
