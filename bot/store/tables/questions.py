"""Questions that a person has to answer."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Table


class QuestionRow(Table):
    """A question handed over to a hub's leader (``hub_id``), or to the office (None).

    It came from a conversation, of which the messages ``shares_from`` to ``shares_upto`` may be read with it (None: none), or by
    mail (``inbound_id``). ``email`` is how to reach the person, "" where only the conversation reaches them. ``reason`` says why
    it was handed over. After ``due_at`` somebody is reminded (``reminded_at``), and then the office gets it (``escalated_at``).
    """

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'answered', 'closed')", name="state"),
        Index("ix_question_state_due_at", "state", "due_at"),
        Index("ix_question_hub_id", "hub_id"),
        Index("ix_question_conversation_id", "conversation_id"),
        Index("ix_question_email", "email"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    hub_id: Mapped[str | None] = mapped_column(ForeignKey("hub.id", ondelete="SET NULL"))
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"))
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(30))
    text: Mapped[str] = mapped_column(Text)
    shares_from: Mapped[int | None]
    shares_upto: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254))
    school_name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    answer: Mapped[str] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(String(45))
    answered_name: Mapped[str] = mapped_column(String(100))
    answered_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
