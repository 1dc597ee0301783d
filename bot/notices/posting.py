"""The mails of one change of a registration: to whom, with which answer address, under which key."""

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.notices.content import Content
from bot.notices.rendering import render
from bot.notices.scheme import NoticeScheme
from bot.notices.session_calendar import first_session
from bot.notices.telling import About, Telling
from bot.outbox.mail import Attachment, Mail, one_line
from bot.outbox.queue import enqueue
from bot.registrations.registration import Contact, Registration

_LONGEST_VALUE = 250


class Links(Protocol):
    """Makes the signed link by which a person reaches their registration."""

    def href(self, registration_id: str, person_id: str) -> str:
        """An absolute address."""


@dataclass(frozen=True, slots=True)
class Office:
    """Who writes: the scheme, the office's email address, where people reach the service, and the links to it.

    ``telling``: how members of staff hear.
    """

    scheme: NoticeScheme
    email: str
    public_url: str
    links: Links
    telling: Telling


class Posting:
    """Puts mails about ``registration`` into the outbox, in the transaction of ``session``."""

    def __init__(self, office: Office, session: AsyncSession, registration: Registration, now: datetime) -> None:
        self.registration: Registration = in_single_lines(registration)
        self._office = office
        self._session = session
        self._now = now

    def link(self, to: Contact) -> str:
        """The address of the page on which ``to`` sees and changes the registration."""
        return self._office.links.href(self.registration.id, to.person_id)

    async def changed(self, what: str) -> None:
        """Whatever was posted about the registration shows how it is now."""
        await self._office.telling.changed(self._session, About("registration", self.registration.id, what), self._now)

    async def to_school(self, kind: str, to: Contact, content: Content, with_session: bool = False) -> None:
        """To a person of the school, who may answer the hub's leader; ``with_session`` attaches the first session."""
        place = self.registration.place
        answers = place.leader_email if place and not place.is_example else self._office.email
        attached = None
        if with_session and place:
            attached = first_session(place, self._office.scheme, self._office.public_url, self._now)
        attachments = (attached,) if attached else ()
        mail = self._mail(kind, to.person_id, to.email, to.name, answers, content, attachments)
        await enqueue(self._session, mail, self._now)

    async def to_leader(self, kind: str, content: Content) -> None:
        """To the leader of the hub, who may answer the school; to nobody without a hub."""
        if place := self.registration.place:
            await self._tell(kind, "leader", place.leader_email, place.leader_name, content)

    async def to_office(self, kind: str, content: Content) -> None:
        """To the office, which may answer the school."""
        await self._tell(kind, "office", self._office.email, "", content)

    async def _tell(self, kind: str, who: str, recipient: str, name: str, content: Content) -> None:
        mail = self._mail(kind, who, recipient, name, self._school_answers(), content)
        about = About("registration", self.registration.id, kind)
        await self._office.telling.tell(self._session, mail, about, self._now)

    def _school_answers(self) -> str:
        contacts = self.registration.contacts
        return contacts[0].email if contacts else self._office.email

    def _mail(
        self,
        kind: str,
        who: str,
        recipient: str,
        name: str,
        answers: str,
        content: Content,
        attachments: tuple[Attachment, ...] = (),
    ) -> Mail:
        rendered = render(content, self._office.scheme)
        return Mail(
            key=f"registration:{self.registration.id}:{kind}:{self._now:%Y%m%dT%H%M%S.%f}:{who}",
            kind=kind,
            recipient=recipient,
            recipient_name=name,
            reply_to=answers,
            subject=content.subject,
            text=rendered.text,
            html=rendered.html,
            attachments=attachments,
            registration_id=self.registration.id,
        )


def in_single_lines(value: Any) -> Any:
    """``value`` with every text in it made one line, so that nothing that was typed can look like a part of a mail."""
    if isinstance(value, str):
        return one_line(value, _LONGEST_VALUE)
    if isinstance(value, tuple):
        return tuple(in_single_lines(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: in_single_lines(getattr(value, field.name)) for field in fields(value)})
    return value
