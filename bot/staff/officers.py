"""The people of the office, who see all hubs."""

from uuid import uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs.checks import checked, checked_email
from bot.hubs.problems import HubProblem
from bot.store.tables import OfficerRow


async def add_officer(session: AsyncSession, name: str, email: str) -> str:
    """Adds somebody, or gives the one with this email the new name; returns the officer's id. Raises HubProblem."""
    name, email = checked("officer's name", name), checked_email(email)
    known = await session.scalar(select(OfficerRow.id).where(OfficerRow.email == email))
    if known:
        await session.execute(update(OfficerRow).where(OfficerRow.id == known).values(name=name))
        return known
    officer_id = str(uuid4())
    await session.execute(insert(OfficerRow).values(id=officer_id, name=name, email=email))
    return officer_id


async def remove_officer(session: AsyncSession, email: str) -> None:
    """From now on they are not known. Raises HubProblem when nobody has this email."""
    removed = await session.scalar(
        delete(OfficerRow).where(OfficerRow.email == email.strip().lower()).returning(OfficerRow.id)
    )
    if removed is None:
        raise HubProblem(f"Nobody of the office has the email {email.strip().lower()}: see psqm officers list")


async def officers(session: AsyncSession) -> list[tuple[str, str]]:
    """Names and emails, by name."""
    rows = await session.execute(select(OfficerRow.name, OfficerRow.email).order_by(OfficerRow.name, OfficerRow.email))
    return [(row.name, row.email) for row in rows]
