"""A Slack or Teams account is joined to the member of staff to whose address of record the link went."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.staff import audit
from bot.staff.finding import member_named
from bot.staff.member import Doing, Member
from bot.staff.sign_in import SignIn, SignInRefused, look, redeem
from bot.store.tables import ChatAccountRow


@dataclass(frozen=True, slots=True)
class Joining:
    """Whose account gets joined to whom; ``platform`` as people write it."""

    member: Member
    account_id: str
    platform: str
    workspace: str
    user_id: str


async def joining(session: AsyncSession, token: str, now: datetime) -> Joining:
    """What the link is for; uses nothing up. Raises SignInRefused."""
    return await _joining(session, await look(session, token, now))


async def join(session: AsyncSession, token: str, now: datetime) -> Joining:
    """Uses the link up and joins the account to the member. The caller commits. Raises SignInRefused."""
    found = await _joining(session, await redeem(session, token, now))
    account = await session.get_one(ChatAccountRow, found.account_id)
    account.member, account.linked_at = found.member.ref, now
    doing = Doing(found.member, "desk")
    await audit.write(session, doing, "linked", ("account", found.account_id), now, detail=f"{found.platform} account")
    return found


async def _joining(session: AsyncSession, link: SignIn) -> Joining:
    member = await member_named(session, link.member)
    account = None
    if link.account_id is not None:
        account = await session.scalar(select(ChatAccountRow).where(ChatAccountRow.id == link.account_id))
    if member is None or account is None:
        raise SignInRefused("This link does not work: what it was for is no longer there.")
    platform = {"slack": "Slack", "teams": "Teams"}[account.platform]
    return Joining(member, account.id, platform, account.workspace, account.user_id)
