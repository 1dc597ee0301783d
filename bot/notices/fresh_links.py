"""Sends people the links to their registrations again, to the address that is kept of them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hubs.year import said
from bot.notices.content import Button, Content, Heading, Paragraph
from bot.notices.posting import Links, in_single_lines
from bot.notices.rendering import render
from bot.notices.scheme import NoticeScheme
from bot.outbox.mail import Mail
from bot.outbox.queue import enqueue
from bot.store.tables import ContactRow, PersonRow, RegistrationRow


class FreshLinks:
    """Writes the mail. ``office`` is an email address, for replies; ``days`` is how long a link works."""

    def __init__(self, scheme: NoticeScheme, office: str, links: Links, days: int) -> None:
        self._scheme = scheme
        self._office = office
        self._links = links
        self._days = days

    async def send(self, session: AsyncSession, email: str, now: datetime) -> bool:
        """Puts one mail into the outbox, with a link for each registration of the person with this email.

        At most one an hour, whoever asks how often. Returns False when nothing was written.
        """
        person = await session.scalar(select(PersonRow).where(PersonRow.email == email.strip().lower()))
        if person is None:
            return False
        links = await self._links_of(session, person.id)
        if not links:
            return False
        content = self._content(person.name, links)
        rendered = render(content, self._scheme)
        mail = Mail(
            key=f"fresh-link:{person.id}:{now:%Y%m%dT%H}",
            kind="fresh_link",
            recipient=person.email,
            recipient_name=person.name,
            reply_to=self._office,
            subject=content.subject,
            text=rendered.text,
            html=rendered.html,
        )
        return await enqueue(session, mail, now)

    async def _links_of(self, session: AsyncSession, person_id: str) -> dict[str, str]:
        """A link for each registration of the person, the newest first, by school and year."""
        row = RegistrationRow
        found = await session.execute(
            select(row.id, row.school_name, row.year)
            .join(ContactRow, ContactRow.registration_id == row.id)
            .where(ContactRow.person_id == person_id)
            .order_by(row.created_at, row.id)
        )
        named = {f"{name}, {said(year)}": self._links.href(id_, person_id) for id_, name, year in found}
        return dict(reversed(named.items()))

    def _content(self, name: str, links: dict[str, str]) -> Content:
        schools = [
            block
            for school, href in links.items()
            for block in (Heading(school), Button("See your registration, correct your details or withdraw", href))
        ]
        days = "a day" if self._days == 1 else f"{self._days} days"
        after = f"It works for {days}. Please do not pass it on: whoever has it can see and change what you can."
        content = Content(
            subject=f"Your {self._scheme.short_name} registration: a new link",
            greets=name,
            blocks=(Paragraph("Here is the link that you asked for."), *schools, Paragraph(after)),
            because="You get this mail because somebody asked for it with your address; if that was not you, leave it.",
        )
        safe: Content = in_single_lines(content)
        return safe
