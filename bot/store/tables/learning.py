"""What the assistant is taught at the desk."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Table


class ReviewRow(Table):
    """What a member of staff said that a person's message asks: a ``topic``, or nothing of ours.

    ``text`` is the message without personal data, as it becomes an example once ``approved``.
    """

    __tablename__ = "review"
    __table_args__ = (CheckConstraint("verdict IN ('topic', 'not_ours', 'skipped')", name="verdict"),)

    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(10))
    topic: Mapped[str | None] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    approved: Mapped[bool]
    by: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime]
    exported_at: Mapped[datetime | None]


class OwnTopicRow(Table):
    """A topic that an administrator added: its answer and example questions, and whether the assistant answers it already."""

    __tablename__ = "own_topic"
    __table_args__ = (CheckConstraint("state IN ('draft', 'training', 'live', 'failed')", name="state"),)

    slug: Mapped[str] = mapped_column(String(40), primary_key=True)
    label: Mapped[str] = mapped_column(String(80))
    answer: Mapped[str] = mapped_column(Text)
    examples: Mapped[list[str]]
    state: Mapped[str] = mapped_column(String(10))
    problem: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(45))
    updated_at: Mapped[datetime]
    live_at: Mapped[datetime | None]
