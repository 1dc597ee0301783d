"""The mail with a link to the desk: written when it leaves, so that the link is kept nowhere and none of its time is lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.notices.content import Button, Content, Paragraph
from bot.notices.posting import in_single_lines
from bot.notices.rendering import render
from bot.notices.scheme import NoticeScheme
from bot.outbox.leasing import Leased
from bot.outbox.mail import Mail
from bot.outbox.queue import enqueue
from bot.outbox.retry import Withheld
from bot.outbox.writer import Writing
from bot.staff.finding import member_by_email
from bot.staff.member import Member
from bot.staff.sign_in import MINUTES, issue
from bot.store.tables import OutboxRow

KIND = "sign_in"
AN_HOUR = 5
"""Links that one member gets in an hour, whoever asks for them."""

_NOBODY = Member("officer", "nobody", "Nobody", "nobody@example.invalid")


async def send_sign_in(
    session: AsyncSession, member: Member | None, office: str, now: datetime, back: str = ""
) -> bool:
    """Puts a mail with a link to the desk into the outbox; returns whether one leaves. ``office`` is for replies.

    ``back``: the address on the desk that they came for. For somebody unknown (None), or who has had many, it does the same work
    and takes it back: how long it takes must not tell who is known.
    """
    to = member or _NOBODY
    few = await _in_the_last_hour(session, to, now) < AN_HOUR
    savepoint = await session.begin_nested()
    key = f"{_begin_of_key(to)}{now:%Y%m%dT%H%M%S.%f}:{uuid4().hex[:8]}"
    await enqueue(session, Mail(key, KIND, to.email, to.name, office, "Sign in", back, ""), now)
    if leaves := member is not None and few:
        await savepoint.commit()
    else:
        await savepoint.rollback()
    return leaves


class SignInWriter:
    """Implements ``bot.outbox.writer.Writer``: makes the link, and the words around it."""

    def __init__(
        self, scheme: NoticeScheme, public_url: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._scheme = scheme
        self._public_url = public_url
        self._now = now

    async def read(self, session: AsyncSession, mail: Leased) -> Writing:
        """Makes a link for whoever has the address now; Withheld when nobody has."""
        member = await member_by_email(session, mail.recipient)
        href = sign_in_href(self._public_url, await issue(session, member, self._now()), mail.text) if member else ""

        async def write() -> Leased:
            if member is None:
                raise Withheld("nobody has this address of record any more")
            content = self._content(member, href)
            rendered = render(content, self._scheme)
            return replace(mail, subject=content.subject, text=rendered.text, html=rendered.html)

        return write

    def _content(self, member: Member, href: str) -> Content:
        return Content(
            f"Sign in to the {self._scheme.short_name} desk",
            in_single_lines(member.name),
            (
                Paragraph("Here is the link that you asked for."),
                Button("Sign in", href),
                Paragraph(f"It works once, within {MINUTES} minutes. Please do not pass it on: it signs in as you."),
            ),
            "You get this email because somebody asked to sign in with your address; if that was not you, leave it.",
        )


def sign_in_href(public_url: str, token: str, back: str = "") -> str:
    """The address of a link, which leads on to ``back``."""
    return f"{public_url}/desk/sign-in/{token}" + (f"?next={quote(back, safe='/')}" if back else "")


async def _in_the_last_hour(session: AsyncSession, member: Member, now: datetime) -> int:
    begins = _begin_of_key(member)
    since = f"{begins}{now - timedelta(hours=1):%Y%m%dT%H%M%S.%f}"
    count = select(func.count()).where(OutboxRow.key > since, OutboxRow.key < f"{begins}9")
    return await session.scalar(count) or 0


def _begin_of_key(member: Member) -> str:
    return f"sign-in:{member.ref}:"
