"""The Slack and Teams accounts that belong to a member of staff."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.settings import Settings
from bot.store.tables import ChatAccountRow

Platform = Literal["slack", "teams"]


@dataclass(frozen=True, slots=True)
class Account:
    """A Slack or Teams user. ``member`` is a ``Member.ref``, None until they are linked; ``reference`` is where to write to them.

    ``also_mail``: they want mail beside the posts. ``conversation_id``: their own conversation with the assistant.
    """

    id: str
    platform: Platform
    workspace: str
    user_id: str
    member: str | None
    reference: dict[str, Any] | None
    conversation_id: str | None
    also_mail: bool


def as_account(row: ChatAccountRow) -> Account:
    return Account(
        row.id,
        cast(Platform, row.platform),
        row.workspace,
        row.user_id,
        row.member,
        row.reference,
        row.conversation_id,
        row.also_mail,
    )


async def accounts_of(session: AsyncSession, member: str, platforms: Collection[str]) -> list[Account]:
    """The accounts on these platforms that are linked to a member (``Member.ref``) and can be written to, oldest first."""
    row = ChatAccountRow
    found = await session.scalars(
        select(row)
        .where(row.member == member, row.platform.in_(platforms), row.reference.is_not(None))
        .order_by(row.linked_at, row.id)
    )
    return [as_account(each) for each in found]


def platforms_on(settings: Settings) -> frozenset[Platform]:
    """The platforms that the settings connect."""
    is_on: dict[Platform, str] = {"slack": settings.slack_bot_token, "teams": settings.teams_app_id}
    return frozenset(platform for platform, setting in is_on.items() if setting)
