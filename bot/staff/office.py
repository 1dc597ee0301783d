"""The office's own address makes its holder an officer, so that a fresh install has one."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.staff.finding import member_by_email
from bot.staff.member import Member
from bot.staff.officers import add_officer


async def member_signing_in(session: AsyncSession, email: str, office: str) -> Member | None:
    """Whose address of record this is. ``office``: the office's address, whose officer is made when it is not there yet.

    Expects a transaction that may write. None: nobody's.
    """
    member = await member_by_email(session, email)
    if member is None and email.strip().lower() == office.strip().lower():
        await add_officer(session, "The office", office)
        member = await member_by_email(session, office)
    return member
