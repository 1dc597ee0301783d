"""Finds everything that is kept about the person with an email address."""

import re
from base64 import b64decode
from dataclasses import dataclass
from html import unescape
from typing import Any

from sqlalchemy import ColumnElement, String, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.letters.mailing.writer import WRITTEN
from bot.letters.suppression import Suppressed, Suppression
from bot.privacy.correspondence import correspondence_with
from bot.privacy.questions import asked_in, is_mail_about, questions_of
from bot.store.tables import ContactRow, LeaderRow, MessageRow, OutboxRow, PersonRow, RegistrationRow


@dataclass(frozen=True, slots=True)
class Holdings:
    """``registrations`` are those that the person belongs to; of ``alone`` they are the only person; ``conversations`` are ids.

    ``leader``: they lead a hub, or did. ``letters`` went to them, or were to; ``arrived`` are the ids of mails that they wrote,
    ``questions`` those of what they asked a person.
    ``names`` are those that they are known by. ``namesakes`` are other people of the registrations whose name holds the person's:
    "Ann Lee" for "Lee". ``suppressed``: no letter goes to them any more.
    """

    email: str
    person: PersonRow | None
    leader: LeaderRow | None
    registrations: tuple[str, ...]
    alone: tuple[str, ...]
    conversations: tuple[str, ...]
    letters: tuple[str, ...]
    arrived: tuple[int, ...]
    questions: tuple[str, ...]
    names: tuple[str, ...]
    namesakes: tuple[str, ...]
    suppressed: Suppressed | None

    @property
    def is_anything(self) -> bool:
        """Whether anything is kept but that no letter goes to them."""
        people = self.person or self.leader
        return bool(people or self.conversations or self.letters or self.arrived or self.questions)

    def names_person(self, text: str) -> bool:
        """Whether ``text``, which may be HTML, holds the person's email address, name or telephone number."""
        plain = _plain(text)
        known = (self.email, self.person.phone if self.person else "")
        return any(_is_in(_plain(trace), plain) for trace in known if trace) or self._is_named(plain)

    def _is_named(self, plain: str) -> bool:
        for namesake in self.namesakes:
            plain = plain.replace(_plain(namesake), "")
        return any(_is_in(_plain(name), plain) for name in self.names)


async def find(session: AsyncSession, email: str, suppression: Suppression) -> Holdings | None:
    """What is kept, or None when that is nothing."""
    email = email.strip().lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        return None  # the empty text, for one, is in every text
    person = await session.scalar(select(PersonRow).where(PersonRow.email == email))
    leader = await session.scalar(select(LeaderRow).where(LeaderRow.email == email))
    people = await _people_of_registrations(session, person.id) if person else {}
    began = [id_ for id_, ids in people.items() if person and ids[0] == person.id]
    mail = await correspondence_with(session, email)
    conversations = {*await _began(session, began), *await _written(session, email), *mail.conversations}
    conversations |= {*await asked_in(session, email)}
    questions = await questions_of(session, email, conversations, mail.arrived)
    known_as = [person.name if person else "", leader.name if leader else "", *mail.names]
    known_as += [name for _, name in questions]
    held = Holdings(
        email=email,
        person=person,
        leader=leader,
        registrations=tuple(people),
        alone=tuple(id_ for id_, ids in people.items() if len(ids) == 1),
        conversations=tuple(sorted(conversations)),
        letters=mail.letters,
        arrived=mail.arrived,
        questions=tuple(id_ for id_, _ in questions),
        names=tuple(sorted({name for name in known_as if name})),
        namesakes=tuple(await _namesakes(session, person, people)) if person else (),
        suppressed=await suppression.entry(session, email),
    )
    return held if held.is_anything or held.suppressed else None


async def mails_about(session: AsyncSession, held: Holdings) -> list[OutboxRow]:
    """The mails to the person, and those to others that name them; but not the letters that a hub's leader sends to others."""
    row = OutboxRow
    columns = (row.recipient, row.reply_to, row.subject, row.text, row.html)
    of_theirs = or_(row.registration_id.in_(held.registrations), row.letter_id.in_(held.letters))
    candidates = await session.scalars(
        select(row)
        .where(or_(of_theirs, is_mail_about(held.questions), *(_holds(column, held.email) for column in columns)))
        .where(or_(row.recipient == held.email, row.kind.not_in(WRITTEN)))
        .order_by(row.id)
    )
    return [mail for mail in candidates if _is_about(mail, held) or held.names_person(_text_of(mail))]


def _is_about(mail: OutboxRow, held: Holdings) -> bool:
    return mail.recipient == held.email or mail.key.startswith(tuple(f"question:{id_}:" for id_ in held.questions))


async def _people_of_registrations(session: AsyncSession, person_id: str) -> dict[str, list[str]]:
    """The registrations of a person, oldest first; for each its people, in the order in which they came."""
    theirs = select(ContactRow.registration_id).where(ContactRow.person_id == person_id)
    rows = await session.execute(
        select(ContactRow.registration_id, ContactRow.person_id)
        .join(RegistrationRow, RegistrationRow.id == ContactRow.registration_id)
        .where(ContactRow.registration_id.in_(theirs))
        .order_by(RegistrationRow.created_at, RegistrationRow.id, ContactRow.since, ContactRow.person_id)
    )
    people: dict[str, list[str]] = {}
    for registration_id, id_ in rows:
        people.setdefault(registration_id, []).append(id_)
    return people


async def _namesakes(session: AsyncSession, person: PersonRow, people: dict[str, list[str]]) -> list[str]:
    others = {id_ for ids in people.values() for id_ in ids}
    names = await session.scalars(select(PersonRow.name).where(PersonRow.id.in_(others), PersonRow.name != person.name))
    return [name for name in names if _is_in(_plain(person.name), _plain(name))]


async def _began(session: AsyncSession, registrations: list[str]) -> list[str]:
    """The conversations in which these registrations were made."""
    row = RegistrationRow
    found = await session.scalars(select(row.conversation_id).where(row.id.in_(registrations)))
    return [id_ for id_ in found if id_]


async def _written(session: AsyncSession, email: str) -> list[str]:
    """The conversations in which the email address was written."""
    row = MessageRow
    columns = (row.text, row.payload, row.choices)
    candidates = await session.execute(
        select(row.conversation_id, *columns).where(or_(*(_holds(column, email) for column in columns)))
    )
    return [id_ for id_, *texts in candidates if any(_is_in(email, _plain(str(text))) for text in texts)]


def _holds(column: InstrumentedAttribute[Any], text: str) -> ColumnElement[bool]:
    return cast(column, String).icontains(text, autoescape=True)


def _is_in(trace: str, text: str) -> bool:
    """Whether ``trace`` is in ``text`` as a whole: lee@a.example is not in ann.lee@a.example or lee@a.example.org."""
    return bool(re.search(rf"(?<![\w.+-])(?<!\w'){re.escape(trace)}(?!\.?[\w-])", text))


def _text_of(mail: OutboxRow) -> str:
    files = (b64decode(file["content"]).decode("utf-8", "replace") for file in mail.attachments)
    # A calendar file folds its lines and escapes its commas: RFC 5545, 3.1 and 3.3.11.
    unfolded = (re.sub(r"\r?\n[ \t]", "", file).replace("\\,", ",") for file in files)
    return "\n".join(
        (mail.recipient_name, mail.reply_to, mail.subject, mail.text, mail.html, mail.last_error, *unfolded)
    )


def _plain(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^<>@]*>", " ", text)).split()).casefold()
