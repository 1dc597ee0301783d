"""Whose Slack or Teams account it is. An account is known by what the platform vouches for, and by nothing of its profile."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.chat.incoming import Sender
from bot.posts.account import Account, as_account
from bot.staff import audit
from bot.staff.finding import member_named
from bot.staff.member import Doing, Member
from bot.store.inserting import insert_once
from bot.store.tables import ChatAccountRow


async def account_of(session: AsyncSession, sender: Sender, now: datetime) -> Account:
    """The sender's account, made when they write for the first time; where to write to them is kept when they say it."""
    row = ChatAccountRow
    values = {
        "id": str(uuid4()),
        "platform": sender.platform,
        "workspace": sender.workspace,
        "user_id": sender.user_id,
        "also_mail": False,
        "created_at": now,
    }
    await session.execute(insert_once(session, row, values, unique=["platform", "workspace", "user_id"]))
    is_theirs = (
        row.platform == sender.platform,
        row.workspace == sender.workspace,
        row.user_id == sender.user_id,
    )
    # Not the whole row: a post to this account, written by somebody who holds the place meanwhile, refers to it.
    found = (await session.scalars(select(row).where(*is_theirs).with_for_update(key_share=True))).one()
    if sender.reference and dict(sender.reference) != found.reference:
        found.reference = dict(sender.reference)
        await session.flush()
    return as_account(found)


async def account_named(session: AsyncSession, account_id: str) -> Account | None:
    """The account with this id."""
    row = await session.get(ChatAccountRow, account_id)
    return as_account(row) if row else None


async def member_of(session: AsyncSession, account: Account) -> Member | None:
    """Whom the account is linked to, as they are now; None when that is nobody, or somebody who is no longer there."""
    return await member_named(session, account.member) if account.member else None


async def link(session: AsyncSession, account: Account, member: Member, now: datetime) -> None:
    """From now on the account is the member's; a conversation of whoever had it before stays behind."""
    values = {"member": member.ref, "linked_at": now, "conversation_id": None, "also_mail": False}
    await _change(session, account, **values)
    await audit.write(session, Doing(member, "desk"), "linked", ("account", account.id), now, detail=account.platform)


async def unlink(session: AsyncSession, account: Account, member: Member, now: datetime) -> None:
    """From now on the account is nobody's."""
    await _change(session, account, member=None, linked_at=None, conversation_id=None)
    await audit.write(
        session, Doing(member, account.platform), "unlinked", ("account", account.id), now, detail=account.platform
    )


async def want_mail(session: AsyncSession, account: Account, also_mail: bool) -> None:
    """Whether they get mail beside the posts."""
    await _change(session, account, also_mail=also_mail)


async def begin_conversation(session: AsyncSession, account: Account, conversation_id: str) -> str:
    """Notes a new conversation as theirs, unless another one was noted meanwhile; returns the one that is theirs now."""
    row = ChatAccountRow
    kept = await session.scalar(select(row.conversation_id).where(row.id == account.id).with_for_update(key_share=True))
    if kept != account.conversation_id and kept is not None:
        return kept
    await _change(session, account, conversation_id=conversation_id)
    return conversation_id


async def _change(session: AsyncSession, account: Account, **values: object) -> None:
    await session.execute(
        update(ChatAccountRow)
        .where(ChatAccountRow.id == account.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
