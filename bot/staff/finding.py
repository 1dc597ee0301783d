"""Finds members of staff: by the address of record, or by how tables name them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.staff.member import Member
from bot.store.tables import HubRow, LeaderRow, OfficerRow


async def member_by_email(session: AsyncSession, email: str) -> Member | None:
    """Whose address of record this is; somebody who is both leads their hubs as an officer, who may see all."""
    email = email.strip().lower()
    for table, kind in ((OfficerRow, "officer"), (LeaderRow, "leader")):
        found = await session.scalar(select(table.id).where(table.email == email))
        if found is not None:
            return await member_named(session, f"{kind}:{found}")
    return None


async def member_named(session: AsyncSession, ref: str) -> Member | None:
    """The member whom tables name so (``Member.ref``), as they are now; None when they are no longer there."""
    kind, _, id_ = ref.partition(":")
    if kind == "officer":
        officer = await session.get(OfficerRow, id_)
        return Member("officer", officer.id, officer.name, officer.email) if officer else None
    leader = await session.get(LeaderRow, id_) if kind == "leader" else None
    if leader is None:
        return None
    hubs = await session.scalars(select(HubRow.id).where(HubRow.leader_id == leader.id))
    return Member("leader", leader.id, leader.name, leader.email, frozenset(hubs))
