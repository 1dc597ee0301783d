"""Slack and Teams: whose account is whose, what arrived from there, and what is posted there."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Table


class ChatAccountRow(Table):
    """A Slack or Teams user, as its verified requests name them; ``workspace`` is the Slack team or the Teams tenant.

    ``member`` is who they are here, None until they opened the link that was mailed to the address of record. ``reference``
    says where to write to them: ``{"channel"}`` in Slack, the conversation reference in Teams. ``conversation_id`` is their own
    conversation with the assistant. ``also_mail``: they want mail beside the posts.
    """

    __tablename__ = "chat_account"
    __table_args__ = (
        UniqueConstraint("platform", "workspace", "user_id"),
        CheckConstraint("platform IN ('slack', 'teams')", name="platform"),
        Index("ix_chat_account_member", "member"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    platform: Mapped[str] = mapped_column(String(10))
    workspace: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[str] = mapped_column(String(200))
    member: Mapped[str | None] = mapped_column(String(45))
    reference: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    conversation_id: Mapped[str | None] = mapped_column(String(36))
    also_mail: Mapped[bool]
    created_at: Mapped[datetime]
    linked_at: Mapped[datetime | None]


class ChatEventRow(Table):
    """A request of Slack's or Teams', kept before it is acknowledged.

    ``key`` tells events apart; ``payload`` goes once it is handled.
    """

    __tablename__ = "chat_event"
    __table_args__ = (
        UniqueConstraint("platform", "key"),
        CheckConstraint("state IN ('new', 'done', 'failed')", name="state"),
        Index("ix_chat_event_state_next_at", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(250))
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]


class ChatPostRow(Table):
    """Something that must be posted to an account, written with what caused it: the outbox of Slack and Teams.

    ``key`` says what it is, so that it is there once; the states are those of the outbox. ``subject_kind`` and ``subject_id``
    name what it is about; posts about one thing keep to one thread (``sent_ref``: the platform's own name of what was posted).
    ``content`` is what is not read anew when it leaves, ``fallback`` the mail that leaves in its place when it cannot be posted:
    both go once the post has left or is given up.
    """

    __tablename__ = "chat_post"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'in_flight', 'sent', 'waiting', 'failed', 'withheld')", name="state"),
        Index("ix_chat_post_platform_state_next_at", "platform", "state", "next_at"),
        Index("ix_chat_post_subject", "subject_kind", "subject_id"),
        Index("ix_chat_post_account_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(250), unique=True)
    platform: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[str] = mapped_column(ForeignKey("chat_account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(60))
    content: Mapped[dict[str, Any]]
    fallback: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Text)
    sent_ref: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
