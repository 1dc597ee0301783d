"""Who registered which school, and what became of it."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Table


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
