"""Conversations, their messages, and the off switch."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Table


class ConversationRow(Table):
    """A conversation, and who answers in it just now: ``lease_owner``, until ``lease_until``.

    ``held_by``: the member of staff who answers in the assistant's place; ``held_at``: their last word. ``seen_n``: up to which
    message the words of leaders reached the person, by the widget or a page. ``member``: the member of staff whose own
    conversation it is; None for everybody else's.
    """

    __tablename__ = "conversation"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    last_at: Mapped[datetime]
    topic: Mapped[str | None] = mapped_column(String(100))
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    held_by: Mapped[str | None] = mapped_column(String(45))
    held_at: Mapped[datetime | None]
    seen_n: Mapped[int]
    member: Mapped[str | None] = mapped_column(String(45))
    hub_id: Mapped[str | None] = mapped_column(String(36))


class MessageRow(Table):
    """A message. ``payload`` is what a person's choice means to the engine; ``client_id`` makes a repeat harmless.

    ``author`` is a leader's name. ``rating``: what the person thinks of an answer. ``understood``: what the engine made of a
    person's words, ``{"certainty", "topics", "alternatives"}``.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "n"),
        UniqueConstraint("conversation_id", "client_id"),
        CheckConstraint("sender IN ('assistant', 'leader', 'you')", name="sender"),
        CheckConstraint("rating IS NULL OR rating IN ('right', 'wrong')", name="rating"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    n: Mapped[int]
    sender: Mapped[str] = mapped_column(String(10))
    author: Mapped[str] = mapped_column(String(100))
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
    rating: Mapped[str | None] = mapped_column(String(5))
    understood: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class SwitchRow(Table):
    """The off switch: its one row is there while the assistant is off."""

    __tablename__ = "switch"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]
