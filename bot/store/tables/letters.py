"""The letter, and what came of it."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Table


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
