"""What is kept of the letters to a person, and of the mails that they wrote."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.mailing.writer import WRITTEN
from bot.store.tables import (
    CohortRow,
    HubLetterRow,
    HubRow,
    InboundRow,
    LetterRow,
    MailThreadRow,
    OutboxRow,
)


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Ids of letters, of mails that arrived, and of conversations that belong to them; the names that the letters used."""

    letters: tuple[str, ...]
    arrived: tuple[int, ...]
    conversations: frozenset[str]
    names: frozenset[str]


async def correspondence_with(session: AsyncSession, email: str) -> Correspondence:
    """What there is with this address, in lower case."""
    letter, thread, mail = LetterRow, MailThreadRow, InboundRow
    letters = await session.execute(
        select(letter.id, letter.name, letter.conversation_id)
        .where(letter.email == email)
        .order_by(letter.created_at, letter.id)
    )
    threads = (await session.execute(select(thread.id, thread.conversation_id).where(thread.email == email))).all()
    written = (mail.sender == email) | mail.thread_id.in_([each.id for each in threads])
    arrived = await session.scalars(select(mail.id).where(written).order_by(mail.id))
    kept = letters.all()
    conversations = {each.conversation_id for each in (*kept, *threads) if each.conversation_id}
    return Correspondence(
        letters=tuple(each.id for each in kept),
        arrived=tuple(arrived),
        conversations=frozenset(conversations),
        names=frozenset(each.name for each in kept if each.name),
    )


async def letters_shown(session: AsyncSession, ids: tuple[str, ...]) -> list[dict[str, Any]]:
    """The letters, ready for JSON, the oldest first."""
    row = LetterRow
    found = await session.execute(
        select(row, HubRow.name.label("hub"))
        .outerjoin(CohortRow, CohortRow.id == row.cohort_id)
        .outerjoin(HubRow, HubRow.id == CohortRow.hub_id)
        .where(row.id.in_(ids))
        .order_by(row.created_at, row.id)
    )
    return [_letter(letter, hub) for letter, hub in found]


async def arrived_shown(session: AsyncSession, ids: tuple[int, ...]) -> list[dict[str, Any]]:
    """The mails that the person wrote, ready for JSON; the mail itself as long as it is kept."""
    row = InboundRow
    found = await session.scalars(select(row).where(row.id.in_(ids)).order_by(row.id))
    return [
        {
            "from": mail.sender,
            "received_at": mail.received_at.isoformat(),
            "bytes": mail.size,
            "taken_for": mail.verdict,
            "state": mail.state,
            "handled_at": mail.handled_at.isoformat() if mail.handled_at else None,
            "mail": mail.raw.decode("utf-8", "replace") if mail.raw is not None else None,
        }
        for mail in found
    ]


async def hub_letters_shown(session: AsyncSession, leader_id: str) -> list[dict[str, Any]]:
    """What the hubs of a leader made of the letter their own, ready for JSON."""
    row = HubLetterRow
    found = await session.execute(
        select(row, HubRow.name).join(HubRow, HubRow.id == row.hub_id).where(HubRow.leader_id == leader_id)
    )
    return [
        {
            "hub": hub,
            "sender_address": own.sender_address.splitlines(),
            "wording": own.wording,
            "report": own.report_name,
            "changed_at": own.updated_at.isoformat(),
        }
        for own, hub in found
    ]


async def letters_sent_for(session: AsyncSession, leader_id: str) -> int:
    """How many mails of letters the hubs of a leader have sent."""
    count = await session.scalar(
        select(func.count())
        .select_from(OutboxRow)
        .join(LetterRow, LetterRow.id == OutboxRow.letter_id)
        .join(CohortRow, CohortRow.id == LetterRow.cohort_id)
        .join(HubRow, HubRow.id == CohortRow.hub_id)
        .where(HubRow.leader_id == leader_id, OutboxRow.kind.in_(WRITTEN), OutboxRow.state == "sent")
    )
    return count or 0


def _letter(row: LetterRow, hub: str | None) -> dict[str, Any]:
    moments = ("released_at", "visited_at", "replied_at", "bounced_at", "stopped_at", "reminded_at")
    came = {name: moment.isoformat() if (moment := getattr(row, name)) else None for name in moments}
    return {
        "id": row.id,
        "to": row.email,
        "name": row.name,
        "kind": "sent by a hub to the schools of its area" if row.kind == "area" else "asked for in conversation",
        "school_year": row.year,
        "hub": hub,
        "school": {
            "urn": row.urn,
            "name": row.school_name,
            "address": row.school_address.splitlines(),
            "town": row.school_town,
            "postcode": row.school_postcode,
        },
        "dated": row.dated.isoformat(),
        "state": row.state,
        "created_at": row.created_at.isoformat(),
        **came,
        "reminders": row.reminders,
    }
