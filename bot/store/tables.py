"""The tables. Their history is in ``migrations/versions``; a test holds that both agree."""

from datetime import UTC, date, datetime, time
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware and in UTC on both sides, also in SQLite, which forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be kept")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Table(DeclarativeBase):
    """The base of all tables, with names for constraints that are the same on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: UtcDateTime,
        list[dict[str, Any]]: JSON,
        list[str]: JSON,
        dict[str, Any]: JSON,
    }


class ConversationRow(Table):
    """A conversation, and who answers in it just now: ``lease_owner``, until ``lease_until``."""

    __tablename__ = "conversation"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    last_at: Mapped[datetime]
    topic: Mapped[str | None] = mapped_column(String(100))
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]


class MessageRow(Table):
    """A message. ``payload`` is what a person's choice means to the engine; ``client_id`` makes a repeat harmless."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "n"),
        UniqueConstraint("conversation_id", "client_id"),
        CheckConstraint("sender IN ('assistant', 'leader', 'you')", name="sender"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    n: Mapped[int]
    sender: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    payload: Mapped[str | None] = mapped_column(Text)
    choices: Mapped[list[dict[str, Any]]]
    links: Mapped[list[dict[str, Any]]]
    source: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    expects: Mapped[str] = mapped_column(String(10))
    topics: Mapped[list[str]]
    client_id: Mapped[str | None] = mapped_column(String(100))
    answers: Mapped[int | None]
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class SwitchRow(Table):
    """The off switch: its one row is there while the assistant is off."""

    __tablename__ = "switch"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]


class SchoolRow(Table):
    """A school of the DfE's register. ``postcode`` is in capitals with one space, or empty; texts are never null.

    ``successor`` is the URN of the school that took a closed one's place, which the register may not hold.
    """

    __tablename__ = "school"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'closing', 'proposed', 'closed')", name="status"),
        Index("ix_school_postcode", "postcode"),
    )

    urn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(200))
    street: Mapped[str] = mapped_column(String(200))
    locality: Mapped[str] = mapped_column(String(200))
    town: Mapped[str] = mapped_column(String(100))
    county: Mapped[str] = mapped_column(String(100))
    postcode: Mapped[str] = mapped_column(String(10))
    la: Mapped[str] = mapped_column(String(100))
    phase: Mapped[str] = mapped_column(String(50))
    type: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(10))
    teaches_primary: Mapped[bool]
    low_age: Mapped[int | None]
    high_age: Mapped[int | None]
    pupils: Mapped[int | None]
    easting: Mapped[int | None]
    northing: Mapped[int | None]
    closed_on: Mapped[date | None]
    successor: Mapped[int | None]


class LeaderRow(Table):
    """A hub leader. ``email`` is in lower case."""

    __tablename__ = "leader"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254), unique=True)


class HubRow(Table):
    """A local hub and where it is: metres of the British National Grid."""

    __tablename__ = "hub"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    leader_id: Mapped[str] = mapped_column(ForeignKey("leader.id"))
    postcode: Mapped[str] = mapped_column(String(10))
    easting: Mapped[int]
    northing: Mapped[int]
    is_example: Mapped[bool]
    created_at: Mapped[datetime]


class CohortRow(Table):
    """A hub's schools of one school year, named by the year in which it begins: 2026 is 2026/27.

    ``taken`` counts the places that somebody holds; the database refuses one too many.
    """

    __tablename__ = "cohort"
    __table_args__ = (
        UniqueConstraint("hub_id", "year"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="taken"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    hub_id: Mapped[str] = mapped_column(ForeignKey("hub.id", ondelete="CASCADE"))
    year: Mapped[int]
    capacity: Mapped[int]
    taken: Mapped[int]
    is_open: Mapped[bool]
    session_on: Mapped[date | None]
    session_at: Mapped[time | None]
    session_venue: Mapped[str] = mapped_column(String(200))


class PersonRow(Table):
    """Somebody who registered a school. ``email`` is in lower case; ``phone`` may be empty."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(100))
    phone: Mapped[str] = mapped_column(String(30))
    created_at: Mapped[datetime]


class ConsentRow(Table):
    """What a person agreed to, word for word, and when."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person_id", "person_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    wording: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime]


class RegistrationRow(Table):
    """A school's interest in taking part in a school year.

    ``school_key`` tells schools apart: the URN, or name and postcode of a school that is not in the register (``by_hand``).
    Only one registration of a school and year is not withdrawn. Whoever is interested or confirmed holds a place of the
    cohort; whoever waits names the cohort that they wait for, if a hub is near. ``offered_until``: a place is held for somebody
    who waits, until then.
    """

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint("state IN ('interested', 'confirmed', 'waiting', 'withdrawn')", name="state"),
        CheckConstraint("state IN ('waiting', 'withdrawn') OR cohort_id IS NOT NULL", name="place"),
        CheckConstraint("offered_until IS NULL OR (state = 'waiting' AND cohort_id IS NOT NULL)", name="offer"),
        Index(
            "uq_registration_school",
            "school_key",
            "year",
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index("ix_registration_cohort_id", "cohort_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    year: Mapped[int]
    school_key: Mapped[str] = mapped_column(String(250))
    urn: Mapped[int | None] = mapped_column(ForeignKey("school.urn"))
    school_name: Mapped[str] = mapped_column(String(200))
    school_town: Mapped[str] = mapped_column(String(100))
    school_postcode: Mapped[str] = mapped_column(String(10))
    by_hand: Mapped[bool]
    cohort_id: Mapped[str | None] = mapped_column(ForeignKey("cohort.id"))
    state: Mapped[str] = mapped_column(String(10))
    offered_until: Mapped[datetime | None]
    conversation_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ContactRow(Table):
    """A person of a registration; the one who came first is who is written to."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_person_id", "person_id"),)

    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime]


class RegistrationEventRow(Table):
    """What happened to a registration: its new state, by whom (``applicant``, ``leader``, ``office``, ``system``), and why."""

    __tablename__ = "registration_event"
    __table_args__ = (Index("ix_registration_event_registration_id", "registration_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    by: Mapped[str] = mapped_column(String(20))
    why: Mapped[str] = mapped_column(Text)


class HubLetterRow(Table):
    """What a hub makes of the letter its own. ``sender_address`` has a line each; an empty ``wording`` is the standard one, and
    ``report`` (a PDF file) None the standard report."""

    __tablename__ = "hub_letter"

    hub_id: Mapped[str] = mapped_column(ForeignKey("hub.id", ondelete="CASCADE"), primary_key=True)
    sender_address: Mapped[str] = mapped_column(Text)
    wording: Mapped[str] = mapped_column(Text)
    report: Mapped[bytes | None] = mapped_column(LargeBinary)
    report_name: Mapped[str] = mapped_column(String(100))
    updated_at: Mapped[datetime]


class MailingRow(Table):
    """The letters that a hub sends to its area at once: ``rate`` a minute, the next not before ``next_release_at``.

    ``attach``: PDF and report go with each mail; ``why`` says why it is paused.
    """

    __tablename__ = "mailing"
    __table_args__ = (
        CheckConstraint("state IN ('sending', 'paused', 'done')", name="state"),
        CheckConstraint("rate > 0", name="rate"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id"))
    state: Mapped[str] = mapped_column(String(10))
    attach: Mapped[bool]
    rate: Mapped[int]
    why: Mapped[str] = mapped_column(Text)
    next_release_at: Mapped[datetime]
    created_at: Mapped[datetime]


class LetterRow(Table):
    """The letter to one person. ``area``: sent by a hub to its area, once a person and school year (``year``); ``asked``: sent to
    somebody who asked for it in conversation.

    planned → released, when its mail is in the outbox; or dropped, when it is not to be sent any more. What became of it are
    moments: ``visited_at`` (its link was opened), ``replied_at``, ``bounced_at``, ``stopped_at`` (unsubscribed), ``reminded_at``
    (the latest of ``reminders``). ``email`` is in lower case; ``name``, of the head, may be empty; ``school_address`` has a line
    each, without the name.
    """

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint("kind IN ('area', 'asked')", name="kind"),
        CheckConstraint("state IN ('planned', 'released', 'dropped')", name="state"),
        CheckConstraint("kind = 'asked' OR mailing_id IS NOT NULL", name="mailing"),
        Index(
            "uq_letter_round",
            "year",
            "email",
            unique=True,
            sqlite_where=text("kind = 'area'"),
            postgresql_where=text("kind = 'area'"),
        ),
        Index("ix_letter_email", "email"),
        Index("ix_letter_mailing_id_state", "mailing_id", "state"),
        Index("ix_letter_conversation_id", "conversation_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    year: Mapped[int]
    cohort_id: Mapped[str | None] = mapped_column(ForeignKey("cohort.id"))
    mailing_id: Mapped[str | None] = mapped_column(ForeignKey("mailing.id"))
    conversation_id: Mapped[str | None] = mapped_column(String(36))
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(100))
    urn: Mapped[int | None]
    school_name: Mapped[str] = mapped_column(String(200))
    school_address: Mapped[str] = mapped_column(Text)
    school_town: Mapped[str] = mapped_column(String(100))
    school_postcode: Mapped[str] = mapped_column(String(10))
    dated: Mapped[date]
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    visited_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    reminders: Mapped[int]
    reminded_at: Mapped[datetime | None]


class SuppressionRow(Table):
    """An address to which no letter goes any more. Only a keyed hash of it is kept (``bot.letters.suppression``)."""

    __tablename__ = "suppression"
    __table_args__ = (CheckConstraint("reason IN ('unsubscribed', 'bounced', 'erased')", name="reason"),)

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    reason: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime]


class MailThreadRow(Table):
    """A conversation by mail with the person at ``email``, about a letter or none."""

    __tablename__ = "mail_thread"
    __table_args__ = (
        UniqueConstraint("letter_id", "email"),
        Index("ix_mail_thread_conversation_id", "conversation_id"),
        Index("ix_mail_thread_email", "email"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    letter_id: Mapped[str | None] = mapped_column(ForeignKey("letter.id", ondelete="SET NULL"))
    email: Mapped[str] = mapped_column(String(254))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]


class InboundRow(Table):
    """A mail that arrived, and what came of it. ``key`` tells mails apart; ``raw`` is the mail itself, as long as it is needed.

    new → answered, handed_over (to a person), noted (a bounce, an unsubscription), ignored (nothing is to be done) or failed
    (a person has to look). ``verdict`` says what it was taken for. Whoever works on it has it until ``lease_until``.
    """

    __tablename__ = "inbound"
    __table_args__ = (
        CheckConstraint("state IN ('new', 'answered', 'handed_over', 'noted', 'ignored', 'failed')", name="state"),
        Index("ix_inbound_state_next_at", "state", "next_at"),
        Index("ix_inbound_sender", "sender"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    size: Mapped[int]
    sender: Mapped[str] = mapped_column(String(254))
    state: Mapped[str] = mapped_column(String(20))
    verdict: Mapped[str] = mapped_column(String(40))
    letter_id: Mapped[str | None] = mapped_column(ForeignKey("letter.id", ondelete="SET NULL"))
    thread_id: Mapped[str | None] = mapped_column(ForeignKey("mail_thread.id", ondelete="SET NULL"))
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]


class OutboxRow(Table):
    """A mail that must leave, written with what caused it. ``key`` says what it is, so that it is there once.

    queued → in_flight (until ``lease_until``) → sent; or waiting (for ``next_at``), failed (a person has to look), withheld.
    ``attachments``: ``{"filename", "type", "content"}``, the content as base64. A mail of a letter (``letter_id``) has neither
    text nor HTML: it is written when it leaves. ``headers`` are those beside the usual ones; ``from_name`` is who it is from
    where that is not the scheme, and ``bounce_to`` the address of the envelope, for reports of what could not be delivered.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'in_flight', 'sent', 'waiting', 'failed', 'withheld')", name="state"),
        Index("ix_outbox_state_next_at", "state", "next_at"),
        Index("ix_outbox_letter_id", "letter_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    registration_id: Mapped[str | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"))
    letter_id: Mapped[str | None] = mapped_column(ForeignKey("letter.id", ondelete="SET NULL"))
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_name: Mapped[str] = mapped_column(String(100))
    reply_to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(250))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[dict[str, Any]]]
    headers: Mapped[dict[str, Any]]
    from_name: Mapped[str] = mapped_column(String(100))
    bounce_to: Mapped[str] = mapped_column(String(254))
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
