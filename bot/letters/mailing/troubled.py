"""What the office reads when a mailing has paused by itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.notices.content import Content, Paragraph
from bot.notices.rendering import render
from bot.notices.scheme import NoticeScheme
from bot.outbox.mail import Mail
from bot.outbox.queue import enqueue

WHY = "the latest letters could not be delivered"


@dataclass(frozen=True, slots=True)
class Office:
    """Who hears of it: an email address of the office of ``scheme``."""

    scheme: NoticeScheme
    email: str

    async def tell(self, session: AsyncSession, hub: str, mailing_id: str, now: datetime) -> None:
        """Puts the mail into the outbox, in the transaction that has paused the mailing."""
        content = _content(hub, mailing_id)
        rendered = render(content, self.scheme)
        mail = Mail(
            key=f"mailing_paused:{mailing_id}:{now:%Y%m%dT%H%M%S}",
            kind="mailing_paused",
            recipient=self.email,
            recipient_name="",
            reply_to=self.email,
            subject=content.subject,
            text=rendered.text,
            html=rendered.html,
        )
        await enqueue(session, mail, now)


def _content(hub: str, mailing_id: str) -> Content:
    short = mailing_id[:8]
    return Content(
        subject=f"The letters of {hub} have stopped",
        greets="",
        blocks=(
            Paragraph(
                f"The latest letters of {hub} could not be delivered, one after the other, so no more are sent for now. "
                "Those that had left before are not affected."
            ),
            Paragraph(
                "`psqm outbox list --failed` says what the mail server answered. Mend the cause, then "
                f"`psqm letters resume {short}`: the ones that failed are tried again, and the rest follow."
            ),
        ),
        because="You get this email because whatever needs a person comes to this address.",
    )
