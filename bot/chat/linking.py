"""Joins a Slack or Teams account to a member of staff, who shows by a mailed link that the address of record is theirs.

Whoever asks reads the same, whether or not the address is anybody's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.chat import saying
from bot.chat.accounts import account_named, account_of, link
from bot.chat.incoming import Sender
from bot.notices.content import Button, Content, Paragraph
from bot.notices.rendering import render
from bot.notices.scheme import NoticeScheme
from bot.outbox.mail import Mail, is_address
from bot.outbox.queue import enqueue
from bot.posts.account import Account
from bot.posts.queue import notify
from bot.staff import audit, sign_in
from bot.staff.finding import member_by_email, member_named
from bot.staff.member import Member
from bot.staff.sign_in import MINUTES, SignIn, SignInRefused
from bot.store.tables import AuditRow, ChatAccountRow, SignInRow

MOST_AN_HOUR = 5
"""Links that one account may ask for, and links of this kind that one address gets, in an hour."""

_HOUR = timedelta(hours=1)
_ASKED = "link asked for"
_PLATFORMS = {"slack": "Slack", "teams": "Teams"}


class NoAddress(ValueError):
    """What was written is no email address."""


class TooOften(Exception):
    """So many links were asked for lately that this one is not sent."""


@dataclass(frozen=True, slots=True)
class Linking:
    """Writes the mails with links. ``office`` is an email address, for replies."""

    scheme: NoticeScheme
    office: str
    public_url: str

    async def begin(self, session: AsyncSession, sender: Sender, email: str, now: datetime) -> None:
        """Mails a link to ``email`` if that is an address of record. Raises NoAddress, TooOften. The caller commits."""
        email = email.strip().lower()
        if not is_address(email):
            raise NoAddress
        account = await account_of(session, sender, now)
        if await _asked_lately(session, account, now) >= MOST_AN_HOUR:
            raise TooOften
        # Noted whether or not the address is known, so that being refused tells nothing.
        await audit.write(session, None, _ASKED, ("account", account.id), now)
        member = await member_by_email(session, email)
        if member is None or await _sent_lately(session, member, now) >= MOST_AN_HOUR:
            return
        token = await sign_in.issue(session, member, now, account.id)
        await enqueue(session, self._mail(member, account, token, now), now)

    def _mail(self, member: Member, account: Account, token: str, now: datetime) -> Mail:
        platform = _PLATFORMS[account.platform]
        content = Content(
            subject=f"Join your {platform} account to you",
            greets=member.name,
            blocks=(
                Paragraph(
                    f"Somebody asked in {platform} to join an account there to you: the user {account.user_id} of the workspace "
                    f"{account.workspace}. From then on that account sees what you see, and acts in your name."
                ),
                Paragraph(
                    f"If that was you, just now, open this page and join it. The link works once, for {MINUTES} minutes."
                ),
                Button(f"Join this {platform} account", f"{self.public_url}/desk/link/{token}"),
                Paragraph("If it was not you, do not open it, and please tell the office."),
            ),
            because="You get this email because somebody wrote your address to the assistant.",
        )
        rendered = render(content, self.scheme)
        return Mail(
            key=f"link:{account.id}:{now:%Y%m%dT%H%M%S.%f}",
            kind="chat_link",
            recipient=member.email,
            recipient_name=member.name,
            reply_to=self.office,
            subject=content.subject,
            text=rendered.text,
            html=rendered.html,
        )


@dataclass(frozen=True, slots=True)
class Joining:
    """Whose account gets joined to whom; ``platform`` as people write it."""

    member: Member
    account: Account
    platform: str


async def joining(session: AsyncSession, token: str, now: datetime) -> Joining:
    """What a link is for; uses nothing up. Raises SignInRefused."""
    return await _joining(session, await sign_in.look(session, token, now))


async def finish(session: AsyncSession, token: str, now: datetime) -> Joining:
    """Uses the link up and joins the account to whose link it is; it gets a post that says so. The caller commits.

    Raises SignInRefused for a link that does not work (any more).
    """
    found = await _joining(session, await sign_in.redeem(session, token, now))
    await link(session, found.account, found.member, now)
    await notify(
        session, found.account, f"linked:{now:%Y%m%dT%H%M%S.%f}", saying.LINKED.format(name=found.member.name), now
    )
    return found


async def _joining(session: AsyncSession, found: SignIn) -> Joining:
    account = await account_named(session, found.account_id) if found.account_id else None
    member = await member_named(session, found.member)
    if account is None or member is None:
        raise SignInRefused("This link does not work: what it was for is no longer there.")
    return Joining(member, account, _PLATFORMS[account.platform])


async def _asked_lately(session: AsyncSession, account: Account, now: datetime) -> int:
    """How often the account asked within the hour; its row is locked first, so that requests at once are counted."""
    await session.execute(select(ChatAccountRow.id).where(ChatAccountRow.id == account.id).with_for_update())
    row = AuditRow
    is_it = (row.subject_kind == "account", row.subject_id == account.id, row.action == _ASKED)
    return await session.scalar(select(func.count()).where(*is_it, row.at > now - _HOUR)) or 0


async def _sent_lately(session: AsyncSession, member: Member, now: datetime) -> int:
    row = SignInRow
    is_it = (row.member == member.ref, row.account_id.is_not(None), row.created_at > now - _HOUR)
    return await session.scalar(select(func.count()).where(*is_it)) or 0
