"""Mail that leaves and mail that arrives."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Table


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
