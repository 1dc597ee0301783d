"""Erases a person: UK GDPR, Article 17."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.suppression import Suppression
from bot.privacy.anonymising import anonymise
from bot.privacy.elsewhere import Elsewhere
from bot.privacy.former_leaders import take_out_of_letters
from bot.privacy.holdings import Holdings, find, mails_about
from bot.privacy.posted import take_back
from bot.privacy.problems import StillNeeded
from bot.privacy.questions import take_out_of_answers
from bot.privacy.rows import delete_rows
from bot.registrations import changing, reading
from bot.registrations.notices import Notices
from bot.registrations.rows import lock
from bot.store.tables import (
    ConsentRow,
    ContactRow,
    ConversationRow,
    HubRow,
    InboundRow,
    LeaderRow,
    LetterRow,
    MessageRow,
    OutboxRow,
    PersonRow,
    QuestionRow,
    RegistrationEventRow,
    RegistrationRow,
)

_WHY = "The details of the person who registered were erased."
_REMOVED = "(erased)"

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Erased:
    """How many rows of each kind went; ``withdrawn`` names the schools whose last person is gone, each with its hub."""

    rows: dict[str, int] = field(default_factory=dict)
    withdrawn: list[str] = field(default_factory=list)


async def erase(
    session: AsyncSession,
    email: str,
    now: datetime,
    notices: Notices,
    elsewhere: Elsewhere,
    suppression: Suppression,
    *,
    offer_days: int,
) -> Erased | None:
    """Erases everything about the person with this email; None when nothing is kept. The caller commits.

    A registration whose last person goes is withdrawn, and its place offered to the next school. What stays of it (a school, a
    hub, states and dates) is about nobody, as is what stays of letters. A keyed hash of the address stays on the list of those
    who get no letters. What is kept elsewhere goes first: if the transaction then fails, erasing again finds the rest. Raises
    StillNeeded for the leader of a hub, and StoreUnavailable.
    """
    held = await find(session, email, suppression)
    if held is None or not held.is_anything:
        return None
    for registration_id in sorted(held.registrations):
        await lock(session, registration_id)
    held = await find(session, email, suppression) or held  # from here on nobody joins a registration or leaves it
    erased = Erased()
    erased.rows["hub leader"] = await _erase_leader(session, held)
    await suppression.add(session, held.email, "erased", now)
    await _empty_letters(session, held, elsewhere)
    erased.rows["mail"] = await _erase_mails(session, await _mails_of(session, held.alone), elsewhere)
    erased.withdrawn = await _withdraw(session, held.alone, now, notices, offer_days)
    erased.rows["mail"] += await _erase_mails(session, await mails_about(session, held), elsewhere)
    erased.rows["question"] = await delete_rows(session, QuestionRow, QuestionRow.id.in_(held.questions))
    erased.rows["letter"] = await delete_rows(session, LetterRow, LetterRow.id.in_(held.letters))
    erased.rows["arrived mail"] = await delete_rows(session, InboundRow, InboundRow.id.in_(held.arrived))
    # Of those that began with the letter's link nobody knows who led them, but each begins with the name in it.
    conversations = {*held.conversations, *await elsewhere.memory.about(held.letters)}
    erased.rows["engine event"] = await elsewhere.forget_conversations(conversations)
    erased.rows |= await erase_conversations(session, conversations)
    await _remove_from_history(session, held)
    erased.rows["post"] = await take_back(session, held, now)
    if held.person:
        erased.rows |= await _erase_person(session, held.person.id)
    _log.info("a person was erased", registrations=len(held.registrations), withdrawn=len(erased.withdrawn))
    return erased


async def erase_conversations(session: AsyncSession, ids: Collection[str]) -> dict[str, int]:
    """Deletes conversations with their messages; returns how many of each. What they led to stays, without them."""
    for row in (RegistrationRow, LetterRow):
        await session.execute(
            update(row)
            .where(row.conversation_id.in_(ids))
            .values(conversation_id=None)
            .execution_options(synchronize_session=False)
        )
    return {
        "message": await delete_rows(session, MessageRow, MessageRow.conversation_id.in_(ids)),
        "conversation": await delete_rows(session, ConversationRow, ConversationRow.id.in_(ids)),
    }


async def _erase_leader(session: AsyncSession, held: Holdings) -> int:
    if held.leader is None:
        return 0
    hub = await session.scalar(select(HubRow.name).where(HubRow.leader_id == held.leader.id).limit(1))
    if hub is not None:
        raise StillNeeded(f'This address belongs to the leader of the hub "{hub}": give the hub another leader first.')
    await take_out_of_letters(session, held.leader, held)
    await take_out_of_answers(session, held.leader)
    return await delete_rows(session, LeaderRow, LeaderRow.id == held.leader.id)


async def _empty_letters(session: AsyncSession, held: Holdings, elsewhere: Elsewhere) -> None:
    """Leaves of the letters of mailings that there was one each, beside the letters themselves, which go later."""
    mails = await session.scalars(select(OutboxRow).where(OutboxRow.letter_id.in_(held.letters)))
    await elsewhere.forget_mails([mail for mail in mails if mail.recipient == held.email])
    await anonymise(session, held.letters)


async def _mails_of(session: AsyncSession, registration_ids: Sequence[str]) -> list[OutboxRow]:
    """All mails about these registrations: they may name the person as they were called before a correction."""
    found = await session.scalars(select(OutboxRow).where(OutboxRow.registration_id.in_(registration_ids)))
    return list(found)


async def _erase_mails(session: AsyncSession, mails: Sequence[OutboxRow], elsewhere: Elsewhere) -> int:
    await elsewhere.forget_mails(mails)
    return await delete_rows(session, OutboxRow, OutboxRow.id.in_([mail.id for mail in mails]))


async def _withdraw(
    session: AsyncSession, registration_ids: Sequence[str], now: datetime, notices: Notices, offer_days: int
) -> list[str]:
    withdrawn = []
    for registration_id in registration_ids:
        before = await reading.registration(session, registration_id)
        if before.state != "withdrawn":
            await changing.withdraw(session, registration_id, "office", _WHY, now, notices, offer_days=offer_days)
            withdrawn.append(f"{before.school_name} ({before.place.hub_name if before.place else 'no hub'})")
    return withdrawn


async def _remove_from_history(session: AsyncSession, held: Holdings) -> None:
    row = RegistrationEventRow
    events = await session.execute(select(row.id, row.why).where(row.registration_id.in_(held.registrations)))
    named = [id_ for id_, why in events if held.names_person(why)]
    await session.execute(
        update(row).where(row.id.in_(named)).values(why=_REMOVED).execution_options(synchronize_session=False)
    )


async def _erase_person(session: AsyncSession, person_id: str) -> dict[str, int]:
    return {
        "consent": await delete_rows(session, ConsentRow, ConsentRow.person_id == person_id),
        "contact": await delete_rows(session, ContactRow, ContactRow.person_id == person_id),
        "person": await delete_rows(session, PersonRow, PersonRow.id == person_id),
    }
