"""Erases what nobody has changed for so long that its time is over: UK GDPR, Article 5(1)(e)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.posts.queue import Subject
from bot.privacy.elsewhere import Elsewhere
from bot.privacy.erasing import erase_conversations
from bot.privacy.posted import retire_chat, show_erased
from bot.privacy.questions import is_mail_about, of_conversations, old_without_conversation
from bot.privacy.retaining_letters import retire_letters
from bot.privacy.rows import delete_rows
from bot.registrations import changing
from bot.registrations.notices import Notices
from bot.store.tables import ContactRow, ConversationRow, OutboxRow, PersonRow, QuestionRow, RegistrationRow

AT_ONCE = 200
"""Conversations, registrations and mails that one transaction erases: a turn in a conversation waits no longer for it."""

_WHY = "Nothing changed for as long as the details may be kept."

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Retired:
    """How many of each went; ``is_complete``: there was no more to do."""

    conversations: int
    registrations: int
    people: int
    mails: int
    letters: int
    arrived: int

    @property
    def is_complete(self) -> bool:
        return max(self.conversations, self.registrations, self.mails, self.letters, self.arrived) < AT_ONCE


async def retention(
    session: AsyncSession,
    now: datetime,
    conversation_days: int,
    registration_days: int,
    letter_days: int,
    notices: Notices,
    elsewhere: Elsewhere,
    *,
    offer_days: int,
) -> Retired:
    """Erases conversations, registrations with their people and mails, and letters, without a change for so many days.

    It does a part and returns; again until ``is_complete``. The caller commits. Raises StoreUnavailable.
    """
    registrations_before = now - timedelta(days=registration_days)
    conversations_before = now - timedelta(days=conversation_days)
    conversations = await _old_conversations(session, conversations_before)
    await _retire_questions(session, conversations, conversations_before, elsewhere, now)
    await elsewhere.forget_conversations(conversations)
    await elsewhere.memory.forget_before(conversations_before)
    await erase_conversations(session, conversations)
    registrations = await _old_registrations(session, registrations_before)
    mails = await _old_mails(session, registrations, registrations_before)
    await elsewhere.forget_mails(mails)
    await delete_rows(session, OutboxRow, OutboxRow.id.in_([mail.id for mail in mails]))
    for registration_id in registrations:
        await _erase(session, registration_id, now, notices, offer_days)
    await show_erased(session, [Subject("registration", id_) for id_ in registrations], now)
    await retire_chat(session, now, registrations_before)
    letters, arrived = await retire_letters(session, now - timedelta(days=letter_days), elsewhere, AT_ONCE)
    alone = ~exists().where(ContactRow.person_id == PersonRow.id)
    people = await delete_rows(session, PersonRow, alone & (PersonRow.created_at < registrations_before))
    retired = Retired(len(conversations), len(registrations), people, len(mails), letters, arrived)
    if retired != Retired(0, 0, 0, 0, 0, 0):
        _log.info(
            "kept long enough, and erased",
            conversations=retired.conversations,
            registrations=retired.registrations,
            mails=retired.mails,
            letters=retired.letters,
            arrived=retired.arrived,
        )
    return retired


async def _retire_questions(
    session: AsyncSession, conversations: Sequence[str], before: datetime, elsewhere: Elsewhere, now: datetime
) -> None:
    """A question goes with its conversation, or as late as one would; the mails about it hold as much, and go too."""
    ids = await of_conversations(session, conversations)
    ids += await old_without_conversation(session, before, AT_ONCE)
    mails = list(await session.scalars(select(OutboxRow).where(is_mail_about(ids)))) if ids else []
    await elsewhere.forget_mails(mails)
    await delete_rows(session, OutboxRow, OutboxRow.id.in_([mail.id for mail in mails]))
    await delete_rows(session, QuestionRow, QuestionRow.id.in_(ids))
    await show_erased(session, [Subject("question", id_) for id_ in ids], now)


async def _old_conversations(session: AsyncSession, before: datetime) -> list[str]:
    row = ConversationRow
    return list(await session.scalars(select(row.id).where(row.last_at < before).order_by(row.last_at).limit(AT_ONCE)))


async def _old_registrations(session: AsyncSession, before: datetime) -> list[str]:
    """Those that wait come first, so that none is offered a place of another that goes too."""
    row = RegistrationRow
    oldest = (
        select(row.id, row.state)
        .where(row.updated_at < before)
        .order_by(row.state != "waiting", row.updated_at, row.id)
        .limit(AT_ONCE)
    )
    return [id_ for id_, _state in await session.execute(oldest)]


async def _old_mails(session: AsyncSession, registrations: Sequence[str], before: datetime) -> list[OutboxRow]:
    """The mails about these registrations, and old ones about none."""
    row = OutboxRow
    about_none = row.registration_id.is_(None) & (row.created_at < before)
    old = select(row).where(about_none).order_by(row.id).limit(AT_ONCE)
    of_registrations = select(row).where(row.registration_id.in_(registrations))
    return [*await session.scalars(of_registrations), *await session.scalars(old)]


async def _erase(session: AsyncSession, registration_id: str, now: datetime, notices: Notices, offer_days: int) -> None:
    """Withdraws first, which gives a place back; of the mails about that none is left."""
    await changing.withdraw(session, registration_id, "system", _WHY, now, notices, offer_days=offer_days)
    await delete_rows(session, OutboxRow, OutboxRow.registration_id == registration_id)
    await delete_rows(session, RegistrationRow, RegistrationRow.id == registration_id)
