"""Who works here beside the leaders, how they sign in, and what each of them did.

A member of staff is named by kind and id: ``leader:<leader.id>`` or ``officer:<officer.id>`` (``bot.staff.member``).
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Table


class OfficerRow(Table):
    """Somebody of the scheme's office. ``email`` is in lower case."""

    __tablename__ = "officer"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254), unique=True)


class SignInRow(Table):
    """A link that works once, mailed to a member of staff: to the desk, or (``account_id``) to join a chat account to them.

    Only a hash of its token is kept.
    """

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_member", "member"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member: Mapped[str] = mapped_column(String(45))
    account_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class DeskSessionRow(Table):
    """A browser that is signed in to the desk until ``ends_at``, unless it was ended before."""

    __tablename__ = "desk_session"
    __table_args__ = (Index("ix_desk_session_member", "member"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    member: Mapped[str] = mapped_column(String(45))
    created_at: Mapped[datetime]
    last_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AuditRow(Table):
    """What a member of staff changed: through which door, of what (``registration``, ``question``, …), of which hub.

    ``name`` is the member's as it was then; ``member`` and ``name`` are empty where the service acted by itself.
    """

    __tablename__ = "audit"
    __table_args__ = (
        CheckConstraint("door IN ('desk', 'slack', 'teams', 'email', 'command', 'service')", name="door"),
        Index("ix_audit_subject", "subject_kind", "subject_id"),
        Index("ix_audit_hub_id_at", "hub_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    member: Mapped[str] = mapped_column(String(45))
    name: Mapped[str] = mapped_column(String(100))
    door: Mapped[str] = mapped_column(String(10))
    action: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(60))
    hub_id: Mapped[str | None] = mapped_column(String(36))
    detail: Mapped[str] = mapped_column(Text)
